// Webhooks: where events are sent to, and how that goes.

import { useMutation, useQuery } from "@tanstack/react-query";
import { useChange } from "./change";
import { api, bodyOf, type Schemas } from "./client";
import type { paths } from "./schema";

export type Webhook = Schemas["Webhook"];
export type WebhookTest = Schemas["WebhookTest"];
export type WebhookSettings = paths["/api/v1/webhooks"]["post"]["requestBody"]["content"]["application/json"];

const WEBHOOKS = "webhooks";

const at = (webhook: number) => ({ params: { path: { webhook } } });

export function useWebhooks() {
  return useQuery({
    queryKey: [WEBHOOKS],
    // A user has 50 at most; an admin of many users sees the first 500.
    queryFn: async () => (await bodyOf(api.GET("/api/v1/webhooks", { params: { query: { limit: 500 } } }))).items,
    // Deliveries make no events of their own.
    refetchInterval: 5000,
  });
}

/// The answer has the secret, which is not told again.
export function useMakeWebhook() {
  return useChange(WEBHOOKS, (body: WebhookSettings) => bodyOf(api.POST("/api/v1/webhooks", { body })));
}

export function useChangeWebhook() {
  return useChange(WEBHOOKS, ({ webhook, change }: { webhook: number; change: Partial<WebhookSettings> }) =>
    bodyOf(api.PATCH("/api/v1/webhooks/{webhook}", { ...at(webhook), body: change })),
  );
}

export function usePauseWebhook() {
  return useChange(WEBHOOKS, (webhook: number) => bodyOf(api.POST("/api/v1/webhooks/{webhook}/pause", at(webhook))));
}

export function useResumeWebhook() {
  return useChange(WEBHOOKS, (webhook: number) => bodyOf(api.POST("/api/v1/webhooks/{webhook}/resume", at(webhook))));
}

export function useReplayWebhook() {
  return useChange(WEBHOOKS, ({ webhook, from }: { webhook: number; from: number }) =>
    bodyOf(api.POST("/api/v1/webhooks/{webhook}/replay", { ...at(webhook), body: { from } })),
  );
}

export function useRenewWebhookSecret() {
  return useChange(WEBHOOKS, (webhook: number) => bodyOf(api.POST("/api/v1/webhooks/{webhook}/secret", at(webhook))));
}

export function useRemoveWebhook() {
  return useChange(WEBHOOKS, (webhook: number) => api.DELETE("/api/v1/webhooks/{webhook}", at(webhook)));
}

/// Changes nothing about the webhook, so no list is looked at again.
export function useTestWebhook() {
  return useMutation({
    mutationFn: (webhook: number): Promise<WebhookTest> =>
      bodyOf(api.POST("/api/v1/webhooks/{webhook}/test", at(webhook))),
  });
}

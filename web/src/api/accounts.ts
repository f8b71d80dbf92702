// Telegram accounts and their logins.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "./client";
import type { paths } from "./schema";

export type Account = Schemas["Account"];
export type TelegramLogin =
  paths["/api/v1/accounts/{account}/login"]["get"]["responses"]["200"]["content"]["application/json"];

export function nameOfAccount(account: Account): string {
  return account.first_name ?? account.name;
}

const ACCOUNTS = ["accounts"] as const;

/// The longest wait that the API takes.
const WAIT_SECONDS = 25;

export function useAccounts() {
  return useQuery({
    queryKey: ACCOUNTS,
    queryFn: async () => (await bodyOf(api.GET("/api/v1/accounts", { params: { query: { limit: 500 } } }))).items,
    // The state of a connection makes no event of its own.
    refetchInterval: 5000,
  });
}

export function useForgetAccounts(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ACCOUNTS });
}

export function useLogOutAccount() {
  const forget = useForgetAccounts();
  return useMutation({
    mutationFn: (account: number) => api.POST("/api/v1/accounts/{account}/logout", { params: { path: { account } } }),
    onSettled: forget,
  });
}

export function useRemoveAccount() {
  const forget = useForgetAccounts();
  return useMutation({ mutationFn: removeAccount, onSettled: forget });
}

export async function removeAccount(account: number): Promise<void> {
  await api.DELETE("/api/v1/accounts/{account}", { params: { path: { account } } });
}

export async function makeAccount(): Promise<Account> {
  return bodyOf(api.POST("/api/v1/accounts", { body: {} }));
}

const at = (account: number) => ({ params: { path: { account } } });

/// The steps of a login; each answers with where it stands then.
export const loginSteps = {
  qr: (account: number) => bodyOf(api.POST("/api/v1/accounts/{account}/login/qr", at(account))),
  phone: (account: number, phone: string) =>
    bodyOf(api.POST("/api/v1/accounts/{account}/login/phone", { ...at(account), body: { phone } })),
  bot: (account: number, token: string) =>
    bodyOf(api.POST("/api/v1/accounts/{account}/login/bot", { ...at(account), body: { token } })),
  code: (account: number, code: string) =>
    bodyOf(api.POST("/api/v1/accounts/{account}/login/code", { ...at(account), body: { code } })),
  password: (account: number, password: string) =>
    bodyOf(api.POST("/api/v1/accounts/{account}/login/password", { ...at(account), body: { password } })),
  email: (account: number, email: string) =>
    bodyOf(api.POST("/api/v1/accounts/{account}/login/email", { ...at(account), body: { email } })),
  emailCode: (account: number, code: string) =>
    bodyOf(api.POST("/api/v1/accounts/{account}/login/email-code", { ...at(account), body: { code } })),
  resend: (account: number) => bodyOf(api.POST("/api/v1/accounts/{account}/login/resend", at(account))),
  cancel: (account: number) => bodyOf(api.POST("/api/v1/accounts/{account}/login/cancel", at(account))),
};

/// Answers when there is something newer than `revision`, or after the wait.
export function waitForLogin(account: number, revision: number, signal: AbortSignal): Promise<TelegramLogin> {
  const query = { wait: WAIT_SECONDS, revision };
  return bodyOf(api.GET("/api/v1/accounts/{account}/login", { params: { path: { account }, query }, signal }));
}

export function isEnd(login: TelegramLogin): boolean {
  return ["done", "failed", "expired", "cancelled"].includes(login.status);
}

// Users, tokens, sessions, feeds, the audit table: who may do what, and who did.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useChange } from "./change";
import { api, bodyOf, type Schemas } from "./client";
import type { paths } from "./schema";

export type User = Schemas["User"];
export type Role = User["role"];
export type Token = paths["/api/v1/auth/tokens"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number];
export type Scope = Token["scopes"][number];
export type Session = Schemas["Session"];
export type AuditEntry = Schemas["AuditEntry"];
export type UserChange = paths["/api/v1/users/{user}"]["patch"]["requestBody"]["content"]["application/json"];
export type Feed = Schemas["Feed"];

export function useTokens() {
  return useQuery({ queryKey: ["tokens"], queryFn: async () => (await bodyOf(api.GET("/api/v1/auth/tokens"))).items });
}

export function useMakeToken() {
  return useChange("tokens", (body: { name: string; scopes: Scope[]; expires?: string }) =>
    bodyOf(api.POST("/api/v1/auth/tokens", { body })),
  );
}

export function useRemoveToken() {
  return useChange("tokens", (token: number) =>
    api.DELETE("/api/v1/auth/tokens/{token}", { params: { path: { token } } }),
  );
}

export function useSessions() {
  return useQuery({
    queryKey: ["sessions"],
    queryFn: async () => (await bodyOf(api.GET("/api/v1/auth/sessions"))).items,
  });
}

export function useEndSession() {
  return useChange("sessions", (session: number) =>
    api.DELETE("/api/v1/auth/sessions/{session}", { params: { path: { session } } }),
  );
}

export function useUsers() {
  return useQuery({
    queryKey: ["users"],
    queryFn: async () => (await bodyOf(api.GET("/api/v1/users", { params: { query: { limit: 500 } } }))).items,
  });
}

export function useMakeUser() {
  return useChange("users", (body: { name: string; password: string; role: Role }) =>
    bodyOf(api.POST("/api/v1/users", { body })),
  );
}

export function useChangeUser() {
  return useChange("users", ({ user, change }: { user: number; change: UserChange }) =>
    bodyOf(api.PATCH("/api/v1/users/{user}", { params: { path: { user } }, body: change })),
  );
}

export function useRemoveUser() {
  return useChange("users", (user: number) => api.DELETE("/api/v1/users/{user}", { params: { path: { user } } }));
}

export function useAudit() {
  return useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET("/api/v1/audit", {
          params: { query: { limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
}

export function useFeeds() {
  return useQuery({ queryKey: ["feeds"], queryFn: async () => (await bodyOf(api.GET("/api/v1/feeds"))).items });
}

export function useMakeFeed() {
  return useChange("feeds", (body: { channel?: string; search?: string; title?: string }) =>
    bodyOf(api.POST("/api/v1/feeds", { body })),
  );
}

export function useRemoveFeed() {
  return useChange("feeds", (feed: string) => api.DELETE("/api/v1/feeds/{feed}", { params: { path: { feed } } }));
}

export function useVersion() {
  return useQuery({ queryKey: ["version"], queryFn: () => bodyOf(api.GET("/version")), staleTime: Infinity });
}

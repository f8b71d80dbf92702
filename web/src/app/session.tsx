// Who is signed in. The server knows; here is what it said last.

import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { api, bodyOf, keepCsrfToken, type Schemas } from "../api/client";
import { problemOf } from "../api/problem";

export type User = Schemas["User"];

export const ME = ["me"] as const;

/// Nobody: null. Throws for everything else that goes wrong.
async function fetchMe(): Promise<User | null> {
  try {
    const me = await bodyOf(api.GET("/api/v1/auth/me"));
    keepCsrfToken(me.csrf_token);
    return me.user;
  } catch (error) {
    if (problemOf(error).code === "unauthenticated") return null;
    throw error;
  }
}

export function useMe() {
  return useQuery({ queryKey: ME, queryFn: fetchMe, staleTime: Infinity, retry: false });
}

/// Nothing of an earlier user stays. The question who is signed in has an observer, so it is answered and not removed.
function become(client: QueryClient, user: User | null): void {
  client.setQueryData(ME, user);
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== ME[0] });
}

/// Takes over a session that a sign-in or the set-up has begun.
export function takeSession(client: QueryClient, login: { user: User; csrf_token: string }): void {
  keepCsrfToken(login.csrf_token);
  become(client, login.user);
}

export function dropSession(client: QueryClient): void {
  keepCsrfToken(null);
  become(client, null);
}

const UserContext = createContext<User | null>(null);
export const UserProvider = UserContext.Provider;

/// Inside of the frame somebody is always signed in.
export function useUser(): User {
  const user = useContext(UserContext);
  if (!user) throw new Error("useUser outside of a session");
  return user;
}

export function useMayWrite(): boolean {
  return useUser().role !== "viewer";
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await api.POST("/api/v1/auth/logout").catch((error: unknown) => {
      if (problemOf(error).code !== "unauthenticated") throw error;
    });
    dropSession(client);
  };
}

// Chats of an account and their messages, as Telegram tells them at that moment; Ledgram stores nothing of them.

import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { useLiveEvents, type LiveEvent } from "../app/live";
import { api, bodyOf, type Schemas } from "./client";
import type { paths } from "./schema";

export type Dialog = Schemas["Dialog"];
export type Peer = Schemas["Peer"];
export type LiveMessage = Schemas["LiveMessage"];
type MessagePage =
  paths["/api/v1/accounts/{account}/chats/{chat}/messages"]["get"]["responses"]["200"]["content"]["application/json"];
type Messages = InfiniteData<MessagePage, string | null>;

/// The API's largest page of both.
const PAGE = 100;
/// Telegram tells most news at once, as events; these are for what makes none here.
const DIALOGS_AGAIN_MS = 30_000;
const MESSAGES_AGAIN_MS = 10_000;
/// Many events in a row are one reason to look again.
const GATHER_MS = 500;

const pageQuery = (cursor: string | null) => ({ limit: PAGE, ...(cursor === null ? {} : { cursor }) });

/// The chat that an event of an account speaks of, as the API names it.
function chatOf(event: LiveEvent): string | null {
  const channel = event.data["channel_id"];
  if (channel !== undefined) return `channel:${String(channel)}`;
  const peer = event.data["peer"] as { type: string; id: number | string } | undefined;
  return peer ? `${peer.type}:${peer.id}` : null;
}

/// Calls `look` once after events of one chat, or of any.
function useLookAfterEvents(account: number, chat: string | null, look: () => void): void {
  const timer = useRef<number | undefined>(undefined);
  useLiveEvents((event) => {
    const of = chatOf(event);
    const isOther = event.account_id !== undefined && String(event.account_id) !== String(account);
    if (of === null || isOther || (chat !== null && of !== chat)) return;
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      look();
    }, GATHER_MS);
  });
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
    },
    [account, chat],
  );
}

/// Pinned ones first, then those with the newest messages.
export function useDialogs(account: number) {
  const client = useQueryClient();
  const key = ["dialogs", account];
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET("/api/v1/accounts/{account}/dialogs", { params: { path: { account }, query: pageQuery(pageParam) } }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // Every page would be asked for again, and Telegram does not like that.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : DIALOGS_AGAIN_MS),
  });
  useLookAfterEvents(account, null, () => void client.invalidateQueries({ queryKey: key }));
  const dialogs = useMemo(() => {
    const seen = new Set<string>();
    // While one leafs, a chat with news moves to the front and would come twice.
    const all = query.data?.pages.flatMap((page) => page.items) ?? [];
    return all.filter(({ chat }) => !seen.has(chat.ref) && seen.add(chat.ref));
  }, [query.data]);
  return { ...query, dialogs };
}

export function useChat(account: number, chat: string) {
  return useQuery({
    queryKey: ["chat", account, chat],
    queryFn: () => bodyOf(api.GET("/api/v1/accounts/{account}/chats/{chat}", { params: { path: { account, chat } } })),
    staleTime: 60_000,
  });
}

function fetchMessages(account: number, chat: string, cursor: string | null): Promise<MessagePage> {
  return bodyOf(
    api.GET("/api/v1/accounts/{account}/chats/{chat}/messages", {
      params: { path: { account, chat }, query: pageQuery(cursor) },
    }),
  );
}

/// The newest page as it is now, before what is known of older messages. What it does not have any more is gone.
function withNewest(known: Messages, fresh: MessagePage): Messages {
  const lowest = fresh.items.at(-1)?.id ?? Infinity;
  const newest = known.pages[0]?.items[0]?.id ?? 0;
  // Nothing says what lies between, so one begins anew.
  if (newest < lowest) return { pages: [fresh], pageParams: [null] };
  const older = known.pages.map((page) => ({ ...page, items: page.items.filter((message) => message.id < lowest) }));
  const [head, ...rest] = older;
  if (!head) return { pages: [fresh], pageParams: [null] };
  const peers = new Map([...head.peers, ...fresh.peers].map((peer) => [peer.ref, peer]));
  return { ...known, pages: [{ ...head, items: [...fresh.items, ...head.items], peers: [...peers.values()] }, ...rest] };
}

function useNewestMessages(client: QueryClient, account: number, chat: string, isActive: boolean): void {
  const newest = useQuery({
    queryKey: ["newest messages", account, chat],
    queryFn: async () => {
      const fresh = await fetchMessages(account, chat, null);
      const known = client.getQueryData<Messages>(["messages", account, chat])?.pages[0]?.items[0]?.id;
      // Then its line in the list is old as well.
      if (known !== fresh.items[0]?.id) void client.invalidateQueries({ queryKey: ["dialogs", account] });
      client.setQueryData<Messages>(["messages", account, chat], (known) => known && withNewest(known, fresh));
      return fresh.items[0]?.id ?? null;
    },
    enabled: isActive,
    // The list itself has just been read.
    initialData: null,
    staleTime: MESSAGES_AGAIN_MS,
    refetchInterval: MESSAGES_AGAIN_MS,
    gcTime: 0,
  });
  const { refetch } = newest;
  useLookAfterEvents(account, chat, () => void refetch());
}

/// Messages oldest first, as they are read, and the names of those who wrote them, by reference.
export function useMessages(account: number, chat: string) {
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ["messages", account, chat],
    queryFn: ({ pageParam }) => fetchMessages(account, chat, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: Infinity,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
  useNewestMessages(client, account, chat, query.isSuccess);
  const messages = useMemo(() => query.data?.pages.flatMap((page) => page.items).reverse() ?? [], [query.data]);
  const names = useMemo(() => {
    const peers = query.data?.pages.flatMap((page) => page.peers) ?? [];
    return new Map(peers.map((peer) => [peer.ref, peer.title ?? peer.ref]));
  }, [query.data]);
  return { ...query, messages, names };
}

// Messages of a chat, as Telegram tells them at that moment: page by page back in time, and forth again from a place in between.

import { useInfiniteQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLookAgain } from "./activity";
import { api, bodyOf, type Schemas } from "./client";
import { ApiProblem } from "./problem";
import type { paths } from "./schema";

export type LiveMessage = Schemas["LiveMessage"];
type Peer = Schemas["Peer"];

/// The API's largest page.
const PAGE = 100;
/// On either side of a place in between: it shows soon.
const FIRST_PAGE = 50;
/// Telegram limits how often history is asked for.
const LOOK_REST_MS = 2000;

/// Where one begins to read: at a message, at a moment, or at the newest (null).
export type From = { post: number } | { until: string } | null;

/// The code of the problem that there is no such message.
export const NO_MESSAGE = "no_message";

type Query = NonNullable<paths["/api/v1/accounts/{account}/chats/{chat}/messages"]["get"]["parameters"]["query"]>;
/// What brings the next messages in a direction; null: there are none.
type Step = Query | null;

/// Some messages, the newest first.
interface Page {
  items: LiveMessage[];
  peers: Peer[];
  older: Step;
  newer: Step;
}
type Pages = InfiniteData<Page, Step>;

interface List {
  items: LiveMessage[];
  peers: Peer[];
  next: Step;
}

async function fetchList(account: number, chat: string, query: Query): Promise<List> {
  const params = { path: { account, chat }, query };
  const list = await bodyOf(api.GET("/api/v1/accounts/{account}/chats/{chat}/messages", { params }));
  return {
    items: query.order === "oldest_first" ? list.items.reverse() : list.items,
    peers: list.peers,
    next: list.next === null ? null : { ...query, limit: PAGE, cursor: list.next },
  };
}

async function fetchNewest(account: number, chat: string): Promise<Page> {
  const list = await fetchList(account, chat, { order: "newest_first", limit: PAGE });
  return { items: list.items, peers: list.peers, older: list.next, newer: null };
}

/// What lies before a place, and what comes after it.
async function fetchAround(account: number, chat: string, from: NonNullable<From>): Promise<Page> {
  const isPost = "post" in from;
  const bounds = isPost ? [{ before: from.post + 1 }, { after: from.post }] : [{ until: from.until }, { since: from.until }];
  const [older, newer] = (await Promise.all([
    fetchList(account, chat, { order: "newest_first", limit: FIRST_PAGE, ...bounds[0] }),
    fetchList(account, chat, { order: "oldest_first", limit: FIRST_PAGE, ...bounds[1] }),
  ])) as [List, List];
  if (isPost && older.items[0]?.id !== from.post)
    throw new ApiProblem({ title: "", status: 404, code: NO_MESSAGE, detail: `there is no message ${from.post}` });
  return {
    items: [...newer.items, ...older.items],
    peers: [...newer.peers, ...older.peers],
    older: older.next,
    newer: newer.next,
  };
}

async function fetchPage(account: number, chat: string, from: From, step: Step): Promise<Page> {
  if (step === null) return from === null ? fetchNewest(account, chat) : fetchAround(account, chat, from);
  const list = await fetchList(account, chat, step);
  const isNewer = step.order === "oldest_first";
  return { items: list.items, peers: list.peers, older: isNewer ? null : list.next, newer: isNewer ? list.next : null };
}

/// The newest messages as they are now, before what is known of older ones. What they do not have any more is gone.
function withNewest(known: Pages, fresh: Page, from: From): Pages {
  const lowest = fresh.items.at(-1)?.id ?? Infinity;
  const newest = known.pages.find((page) => page.items.length > 0)?.items[0]?.id ?? 0;
  const [head, ...rest] = known.pages.map((page) => ({ ...page, items: page.items.filter((message) => message.id < lowest) }));
  if (!head) return known;
  if (newest < lowest) {
    // Nothing says what lies between. Who begins at the newest begins anew, all others read on from where they are.
    if (from === null || fresh.items.length === 0) return { pages: [fresh], pageParams: [null] };
    const newer: Step = { order: "oldest_first", limit: PAGE, after: newest };
    return { ...known, pages: known.pages.map((page, place) => (place === 0 ? { ...page, newer } : page)) };
  }
  const peers = new Map([...head.peers, ...fresh.peers].map((peer) => [peer.ref, peer]));
  return { ...known, pages: [{ ...head, items: [...fresh.items, ...head.items], peers: [...peers.values()] }, ...rest] };
}

/// Messages oldest first, as they are read, and the names of those who wrote them, by reference. The next page is the one with older
/// messages, the previous one that with newer ones.
export function useMessages(account: number, chat: string, from: From) {
  const client = useQueryClient();
  const key = ["messages", account, chat, from];
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => fetchPage(account, chat, from, pageParam),
    initialPageParam: null as Step,
    getNextPageParam: (last) => last.older,
    getPreviousPageParam: (first) => first.newer,
    // Signals keep it fresh.
    staleTime: Infinity,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const isFetching = () => client.isFetching({ queryKey: key, exact: true }) > 0;
  useLookAgain({
    account,
    chat,
    rest: LOOK_REST_MS,
    isKept: () => client.getQueryData(key) !== undefined,
    look: async () => {
      // A page that is under way would undo what is brought in meanwhile.
      if (isFetching()) return false;
      // Where newer messages are left out they come as one scrolls there.
      if (client.getQueryData<Pages>(key)?.pages[0]?.newer !== null) return true;
      const fresh = await fetchNewest(account, chat);
      if (isFetching()) return false;
      client.setQueryData<Pages>(key, (known) => known && withNewest(known, fresh, from));
      return true;
    },
  });
  const messages = useMemo(() => query.data?.pages.flatMap((page) => page.items).reverse() ?? [], [query.data]);
  const names = useMemo(() => {
    const peers = query.data?.pages.flatMap((page) => page.peers) ?? [];
    return new Map(peers.map((peer) => [peer.ref, peer.title ?? peer.ref]));
  }, [query.data]);
  return { ...query, messages, names };
}

// Posts of a channel, page by page back in time, and forth again from a moment in between; kept up to date by events.

import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { useLiveEvents } from "../app/live";
import { api, bodyOf, type Schemas } from "./client";

export type Post = Schemas["Post"];
export type FoundPost = Schemas["FoundPost"];

/// The first page shows soon; those after it come before one has scrolled to them.
const FIRST_PAGE = 60;
const FURTHER_PAGE = 200;
const SEARCH_PAGE = 30;
/// Events that come together are fetched together.
const GATHER_MS = 200;
/// With more changes than this the pages are read again instead.
const MOST_SINGLE = 20;

/// The moment around which one begins to read; null: now.
export type Until = string | null;

const keyOf = (channel: string, until: Until) => ["posts", channel, until] as const;

/// Some posts, the newest first, and the cursors of what lies on either side; null: nothing.
interface Page {
  items: Post[];
  older: string | null;
  newer: string | null;
}
/// From a cursor into the past or back from it; null: where one begins.
type Step = { order: "newest_first" | "oldest_first"; cursor: string } | null;
type Pages = InfiniteData<Page, Step>;

function fetchList(channel: string, limit: number, more: { order: NonNullable<Step>["order"]; since?: string; until?: string; cursor?: string }) {
  const query = { limit, deleted: true, ...more };
  return bodyOf(api.GET("/api/v1/channels/{channel}/posts", { params: { path: { channel }, query } }));
}

/// What lies before a moment, and what comes after it.
async function fetchAround(channel: string, moment: string): Promise<Page> {
  const [before, after] = await Promise.all([
    fetchList(channel, FIRST_PAGE, { order: "newest_first", until: moment }),
    fetchList(channel, FIRST_PAGE, { order: "oldest_first", since: moment }),
  ]);
  return { items: [...after.items.reverse(), ...before.items], older: before.next, newer: after.next };
}

async function fetchPage(channel: string, until: Until, step: Step): Promise<Page> {
  // A cursor goes on within the bounds that the list began with.
  if (step?.order === "oldest_first") {
    const list = await fetchList(channel, FURTHER_PAGE, { ...step, ...(until === null ? {} : { since: until }) });
    return { items: list.items.reverse(), older: null, newer: list.next };
  }
  if (step === null && until !== null) return fetchAround(channel, until);
  const bounds = { order: "newest_first" as const, ...(until === null ? {} : { until }) };
  const list = await fetchList(channel, step ? FURTHER_PAGE : FIRST_PAGE, { ...bounds, ...step });
  return { items: list.items, older: list.next, newer: null };
}

/// Oldest first, as they are read. The next page is the one with older posts, the previous one that with newer ones.
export function usePosts(channel: string, until: Until) {
  const query = useInfiniteQuery({
    queryKey: keyOf(channel, until),
    queryFn: ({ pageParam }) => fetchPage(channel, until, pageParam),
    initialPageParam: null as Step,
    getNextPageParam: (last): Step => last.older === null ? null : { order: "newest_first", cursor: last.older },
    getPreviousPageParam: (first): Step => first.newer === null ? null : { order: "oldest_first", cursor: first.newer },
    // Events keep it fresh; reading every page again would be a lot.
    staleTime: Infinity,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const posts = useMemo(() => query.data?.pages.flatMap((page) => page.items).reverse() ?? [], [query.data]);
  return { ...query, posts };
}

function change(client: QueryClient, channel: string, until: Until, edit: (pages: Page[]) => Page[]): void {
  client.setQueryData<Pages>(keyOf(channel, until), (data) => data && { ...data, pages: edit(data.pages) });
}

/// Only where the newest posts are shown already; elsewhere they come as one scrolls there.
async function addNewest(client: QueryClient, channel: string, until: Until): Promise<void> {
  const shown = () => client.getQueryData<Pages>(keyOf(channel, until));
  if (shown()?.pages[0]?.newer !== null) return;
  const fresh = await fetchPage(channel, null, null);
  const data = shown();
  const first = data?.pages[0];
  if (!first) return;
  const known = new Set(data.pages.flatMap((page) => page.items.map((post) => post.id)));
  const isGap = first.items.length > 0 && !fresh.items.some((post) => known.has(post.id));
  if (isGap) {
    await client.resetQueries({ queryKey: keyOf(channel, until) });
    return;
  }
  const added = fresh.items.filter((post) => !known.has(post.id));
  change(client, channel, until, ([head, ...rest]) =>
    head ? [{ ...head, items: [...added, ...head.items] }, ...rest] : [],
  );
}

async function replacePost(client: QueryClient, channel: string, post: number, until: Until): Promise<void> {
  const fresh = await bodyOf(
    api.GET("/api/v1/channels/{channel}/posts/{post}", { params: { path: { channel, post } } }),
  );
  change(client, channel, until, (pages) =>
    pages.map((page) =>
      page.items.some((known) => known.id === post)
        ? { ...page, items: page.items.map((known) => (known.id === post ? fresh : known)) }
        : page,
    ),
  );
  client.setQueryData(["post", channel, post], fresh);
}

/// Brings what happens in the channel into its pages.
export function useLivePosts(channel: string, until: Until): void {
  const client = useQueryClient();
  const waiting = useRef<{ isNew: boolean; changed: Set<number>; timer: number | undefined }>({
    isNew: false,
    changed: new Set(),
    timer: undefined,
  });
  useEffect(() => {
    const gathered = waiting.current;
    return () => {
      window.clearTimeout(gathered.timer);
      waiting.current = { isNew: false, changed: new Set(), timer: undefined };
    };
  }, [channel, until]);

  useLiveEvents((event) => {
    if (String(event.data["channel_id"]) !== channel) return;
    const gathered = waiting.current;
    if (event.type === "message.new") gathered.isNew = true;
    else if (event.type === "message.edited" || event.type === "message.deleted")
      gathered.changed.add(Number(event.data["id"]));
    else return;
    gathered.timer ??= window.setTimeout(() => {
      waiting.current = { isNew: false, changed: new Set(), timer: undefined };
      const work =
        gathered.changed.size > MOST_SINGLE
          ? [client.resetQueries({ queryKey: keyOf(channel, until) })]
          : [...gathered.changed].map((post) => replacePost(client, channel, post, until));
      if (gathered.isNew) work.push(addNewest(client, channel, until));
      // What fails comes with the next look at the channel.
      void Promise.allSettled(work);
    }, GATHER_MS);
  });
}

export function usePost(channel: string, post: number) {
  return useQuery({
    queryKey: ["post", channel, post],
    queryFn: () => bodyOf(api.GET("/api/v1/channels/{channel}/posts/{post}", { params: { path: { channel, post } } })),
  });
}

export interface SearchWish {
  q: string;
  channel: string | null;
  since: string | null;
  until: string | null;
}

export function useSearch(wish: SearchWish) {
  return useInfiniteQuery({
    queryKey: ["search", wish],
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET("/api/v1/search", {
          params: {
            query: {
              q: wish.q,
              limit: SEARCH_PAGE,
              ...(wish.channel === null ? {} : { channel: [wish.channel] }),
              ...(wish.since === null ? {} : { since: wish.since }),
              ...(wish.until === null ? {} : { until: wish.until }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    enabled: wish.q !== "",
    refetchInterval: (query) => ((query.state.data?.pages.at(-1)?.behind ?? 0) > 0 ? 2000 : false),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
}

// Posts of a channel, page by page backwards in time, kept up to date by events.

import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { useLiveEvents } from "../app/live";
import { api, bodyOf, type Schemas } from "./client";

export type Post = Schemas["Post"];
export type FoundPost = Schemas["FoundPost"];
type PostList = Schemas["PostList"];

/// The first page shows soon; those after it come before one has scrolled to them.
const FIRST_PAGE = 60;
const FURTHER_PAGE = 200;
const SEARCH_PAGE = 30;
/// Events that come together are fetched together.
const GATHER_MS = 200;
/// With more changes than this the pages are read again instead.
const MOST_SINGLE = 20;

/// Up to which moment is read; null: up to now.
export type Until = string | null;

const keyOf = (channel: string, until: Until) => ["posts", channel, until] as const;

function fetchPage(channel: string, until: Until, cursor: string | null): Promise<PostList> {
  const query = {
    limit: cursor === null ? FIRST_PAGE : FURTHER_PAGE,
    deleted: true,
    ...(until === null ? {} : { until }),
    ...(cursor === null ? {} : { cursor }),
  };
  return bodyOf(api.GET("/api/v1/channels/{channel}/posts", { params: { path: { channel }, query } }));
}

/// Oldest first, as they are read.
export function usePosts(channel: string, until: Until) {
  const query = useInfiniteQuery({
    queryKey: keyOf(channel, until),
    queryFn: ({ pageParam }) => fetchPage(channel, until, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // Events keep it fresh; reading every page again would be a lot.
    staleTime: Infinity,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const posts = useMemo(() => query.data?.pages.flatMap((page) => page.items).reverse() ?? [], [query.data]);
  return { ...query, posts };
}

function change(client: QueryClient, channel: string, until: Until, edit: (pages: PostList[]) => PostList[]): void {
  client.setQueryData<InfiniteData<PostList, string | null>>(
    keyOf(channel, until),
    (data) => data && { ...data, pages: edit(data.pages) },
  );
}

async function addNewest(client: QueryClient, channel: string): Promise<void> {
  const fresh = await fetchPage(channel, null, null);
  const data = client.getQueryData<InfiniteData<PostList, string | null>>(keyOf(channel, null));
  const first = data?.pages[0];
  if (!first) return;
  const known = new Set(data.pages.flatMap((page) => page.items.map((post) => post.id)));
  const isGap = first.items.length > 0 && !fresh.items.some((post) => known.has(post.id));
  if (isGap) {
    await client.resetQueries({ queryKey: keyOf(channel, null) });
    return;
  }
  const added = fresh.items.filter((post) => !known.has(post.id));
  change(client, channel, null, ([head, ...rest]) =>
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
      if (gathered.isNew && until === null) work.push(addNewest(client, channel));
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

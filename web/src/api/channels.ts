// Channels that are followed.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLiveEvents } from "../app/live";
import { api, bodyOf, type Schemas } from "./client";

export type Channel = Schemas["Channel"];
export type Collection = Schemas["Collection"];

export const CHANNELS = ["channels"] as const;

/// The API's largest page.
const PAGE = 500;
/// Many events in a row are one reason to look again.
const LOOK_AGAIN_MS = 1500;

async function fetchChannels(): Promise<Channel[]> {
  const all: Channel[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: PAGE } : { limit: PAGE, cursor };
    const page: { items: Channel[]; next: string | null } = await bodyOf(
      api.GET("/api/v1/channels", { params: { query } }),
    );
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

export function useChannels() {
  return useQuery({
    queryKey: CHANNELS,
    queryFn: fetchChannels,
    // History makes no events, so one looks while it is read.
    refetchInterval: (query) =>
      query.state.data?.some((channel) => channel.collecting || channel.last_collect === null) ? 1500 : 60_000,
  });
}

/// Looks at the list again after events that change it, at most once in a while.
export function useLiveChannels(): void {
  const client = useQueryClient();
  const timer = useRef<number | undefined>(undefined);
  useLiveEvents(() => {
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: CHANNELS });
    }, LOOK_AGAIN_MS);
  });
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}

export function useCollection(channel: string, isActive: boolean) {
  return useQuery({
    queryKey: ["collection", channel],
    queryFn: () => bodyOf(api.GET("/api/v1/channels/{channel}/collect", { params: { path: { channel } } })),
    enabled: isActive,
    refetchInterval: (query) => (query.state.data?.running === false ? false : 1000),
  });
}

const DAY_MS = 86_400_000;

/// Messages a day, in the browser's time zone. The last day is today; of a channel that has been silent for longer, that of its
/// last message.
export function useActivity(channel: Channel, days: number) {
  const last = channel.last_activity;
  const isSilent = last !== null && Date.now() - new Date(last).getTime() > days * DAY_MS;
  const query = { days, offset: -new Date().getTimezoneOffset(), ...(isSilent ? { until: last } : {}) };
  return useQuery({
    queryKey: ["activity", channel.id, query],
    queryFn: () =>
      bodyOf(api.GET("/api/v1/channels/{channel}/activity", { params: { path: { channel: channel.id }, query } })),
    placeholderData: keepPreviousData,
  });
}

export function useFollowChannel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ channel, account }: { channel: string; account: number }) =>
      bodyOf(api.POST("/api/v1/channels", { body: { channel, account } })),
    onSettled: () => client.invalidateQueries({ queryKey: CHANNELS }),
  });
}

export function useUnfollowChannel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (channel: string) => api.DELETE("/api/v1/channels/{channel}", { params: { path: { channel } } }),
    onSettled: () => client.invalidateQueries({ queryKey: CHANNELS }),
  });
}

/// Long enough to hear that it cannot be done. How a collection goes on is looked at, not waited for.
const COLLECT_WAIT_S = 1;

export function useCollectNow() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (channel: string) =>
      api.POST("/api/v1/channels/{channel}/collect", { params: { path: { channel }, query: { wait: COLLECT_WAIT_S } } }),
    onMutate: () => void client.invalidateQueries({ queryKey: ["collection"] }),
    onSettled: (_answer, _error, channel) =>
      Promise.all([
        client.invalidateQueries({ queryKey: CHANNELS }),
        client.invalidateQueries({ queryKey: ["collection", channel] }),
      ]),
  });
}

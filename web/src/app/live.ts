// One event stream for the whole app. The browser resumes it by itself after a lost connection, with the number of the last event;
// when it gives up (the server was gone, or the session ended), a new one is opened that begins after that number. Signals of activity
// in chats come over it too; they have no number, and what was missed of them is not told again.

import { useEffect, useRef, useSyncExternalStore } from "react";

export const EVENT_TYPES = [
  "message.new",
  "message.edited",
  "message.deleted",
  "channel.updated",
  "account.state",
  "hole.opened",
  "hole.closed",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/// The end of the key of its name: keys of texts have no dots.
export const keyOfEvent = (type: EventType) => type.replace(".", "_") as "message_new";

export interface LiveEvent {
  number: number;
  at: string;
  type: EventType;
  account_id?: string | number;
  data: Record<string, unknown>;
}

/// Something happened in a chat of an account; without a chat: perhaps in any.
export interface Activity {
  account_id: number;
  data: { chat?: string };
}

export type LinkState = "connecting" | "open" | "lost";

type Listener = (event: LiveEvent) => void;
type Hearer = (signal: Activity) => void;

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;

class LiveStream {
  private source: EventSource | null = null;
  private last: number | null = null;
  private wait = FIRST_WAIT_MS;
  private timer: number | undefined;
  private state: LinkState = "connecting";
  private hasActivity = false;
  private readonly listeners = new Set<Listener>();
  private readonly hearers = new Set<Hearer>();
  private readonly watchers = new Set<() => void>();

  /// Activity in chats is for who may read them.
  start(hasActivity: boolean): void {
    this.hasActivity = hasActivity;
    if (!this.source) this.open();
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.last = null;
    this.wait = FIRST_WAIT_MS;
    this.change("connecting");
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  hear(hearer: Hearer): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  current = (): LinkState => this.state;

  private open(): void {
    const query = new URLSearchParams();
    if (this.hasActivity) query.set("activity", "true");
    if (this.last !== null) query.set("from", String(this.last + 1));
    const source = new EventSource(`/api/v1/events?${query}`);
    this.source = source;
    source.onopen = () => {
      this.wait = FIRST_WAIT_MS;
      this.change("open");
    };
    source.onerror = () => {
      this.change("lost");
      if (source.readyState !== EventSource.CLOSED || this.source !== source) return;
      this.timer = window.setTimeout(() => this.open(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    };
    for (const type of EVENT_TYPES) source.addEventListener(type, (message) => this.take(message));
    source.addEventListener("chat.activity", (message: MessageEvent<string>) => {
      const signal = JSON.parse(message.data) as Activity;
      for (const hearer of this.hearers) hearer(signal);
    });
  }

  private take(message: MessageEvent<string>): void {
    const event = JSON.parse(message.data) as LiveEvent;
    // After a resume nothing comes twice; this holds even if a proxy repeats what it had kept.
    if (this.last !== null && event.number <= this.last) return;
    this.last = event.number;
    for (const listener of this.listeners) listener(event);
  }

  private change(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}

export const live = new LiveStream();

export function useLinkState(): LinkState {
  return useSyncExternalStore(live.watch, live.current);
}

/// Calls the newest `listener` for every event while the component stands.
export function useLiveEvents(listener: Listener): void {
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => live.listen((event) => newest.current(event)), []);
}

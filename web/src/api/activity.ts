// Looks again at what Telegram tells of an account's chats, when the server says that something happened there.

import { useEffect, useRef } from "react";
import { live } from "../app/live";
import { problemOf } from "./problem";

/// Changes that come together are looked at together.
const GATHER_MS = 200;
/// After a look that failed; twice as long after each further one.
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60_000;

/// Asks Telegram and brings what it says into what is shown. False: that was not possible now, and is to be tried again soon.
export type Look = () => Promise<boolean>;

/// Many reasons to look make few looks: `rest` milliseconds lie between the beginnings of two, and none happens while nobody sees
/// the page.
class Looks {
  private timer: number | undefined;
  private due = Infinity;
  private began = -Infinity;
  /// Telegram or the server wants a pause.
  private heldUntil = -Infinity;
  private isWanted = false;
  private isLooking = false;
  private isEnded = false;
  private failures = 0;

  constructor(
    private readonly look: Look,
    private readonly rest: number,
  ) {
    document.addEventListener("visibilitychange", this.whenSeen);
  }

  ask = (): void => {
    this.isWanted = true;
    this.plan(GATHER_MS);
  };

  end(): void {
    this.isEnded = true;
    window.clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.whenSeen);
  }

  private readonly whenSeen = (): void => this.plan(0);

  /// In `wait` milliseconds, or as soon as that is allowed. A look that is to come sooner stays.
  private plan(wait: number): void {
    if (!this.isWanted || this.isLooking || this.isEnded || document.hidden) return;
    const now = performance.now();
    const due = Math.max(now + wait, this.began + this.rest, this.heldUntil);
    if (this.timer !== undefined && this.due <= due) return;
    window.clearTimeout(this.timer);
    this.due = due;
    this.timer = window.setTimeout(() => void this.run(), due - now);
  }

  private async run(): Promise<void> {
    this.timer = undefined;
    if (document.hidden) return;
    this.isWanted = false;
    this.isLooking = true;
    this.began = performance.now();
    let wait = GATHER_MS;
    try {
      if (!(await this.look())) this.isWanted = true;
      this.failures = 0;
    } catch (error) {
      wait = this.waitAfter(error);
    }
    this.isLooking = false;
    this.plan(wait);
  }

  /// What only a person can mend is tried again with the next change.
  private waitAfter(error: unknown): number {
    const { side, document: problem } = problemOf(error);
    if (["network", "server", "telegram", "wait"].includes(side)) this.isWanted = true;
    this.heldUntil = performance.now() + (problem.retry_after ?? 0) * 1000;
    this.failures += 1;
    return Math.min(FIRST_WAIT_MS * 2 ** (this.failures - 1), LONGEST_WAIT_MS);
  }
}

interface LookAgain {
  account: number;
  /// Null: whatever happens in any of the account's chats.
  chat: string | null;
  look: Look;
  rest: number;
  /// What is shown may be from a time at which nobody listened.
  isKept: () => boolean;
}

/// Looks when something happens in a chat, and when it was perhaps not told: after a lost connection.
export function useLookAgain({ account, chat, look, rest, isKept }: LookAgain): void {
  const newest = useRef({ look, isKept });
  useEffect(() => {
    newest.current = { look, isKept };
  });
  useEffect(() => {
    const looks = new Looks(() => newest.current.look(), rest);
    if (newest.current.isKept()) looks.ask();
    const forgetSignals = live.hear((signal) => {
      const touched = signal.data.chat;
      if (signal.account_id === account && (chat === null || touched === undefined || touched === chat)) looks.ask();
    });
    const forgetState = live.watch(() => {
      if (live.current() === "open") looks.ask();
    });
    return () => {
      forgetSignals();
      forgetState();
      looks.end();
    };
  }, [account, chat, rest]);
}

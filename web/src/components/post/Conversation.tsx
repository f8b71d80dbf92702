// Posts as a messenger shows them, newest at the bottom. Only what can be seen stands in the page; older posts come as one scrolls up.

import { ChevronDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton } from "react-aria-components";
import { VList, type VListHandle } from "virtua";
import { Button } from "../Button";
import { Icon } from "../Icon";
import { ErrorNote, ErrorState, Loading } from "../States";
import { dayName, useFormats } from "../Time";
import { Bubble } from "./Bubble";
import { dayAt, placeOf, rowsOf, type Row, type ShownPost } from "./rows";

/// So far from the beginning the next older page is asked for, in pixels.
const ASK_EARLY = 1500;
/// So near to the end one reads along with what is new.
const NEAR_END = 120;

/// What the list looks at of an infinite query whose next page is the older one.
interface OlderPosts {
  isPending: boolean;
  isFetching: boolean;
  error: unknown;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => unknown;
}

interface ConversationProps {
  /// Whose posts they are, for screen readers and above answers.
  title: string;
  /// Oldest first.
  posts: readonly ShownPost[];
  query: OlderPosts;
  /// What is shown where there is nothing.
  empty: ReactNode;
  /// Each writer's first post in a row is headed by their name.
  saysWriters?: boolean;
  /// The post to begin at; without it, the newest.
  wanted?: number | null;
  /// The way to the newest posts where these end before them.
  onNewest?: (() => void) | undefined;
  /// Shows the details of a post, if there are any.
  onOpen?: (post: number) => void;
}

function ServiceRow({ post }: { post: ShownPost }) {
  const { t, i18n } = useTranslation();
  const key = `post.action_${post.action ?? ""}`;
  return (
    <div className="chat-line chat-day">
      <span className="pill">
        {post.writer && `${post.writer}: `}
        {i18n.exists(key) ? t(key as "post.action_other") : t("post.action_other")}
      </span>
    </div>
  );
}

/// Where the floating day ends, in pixels from the top.
const DAY_HEIGHT = 45;

/// The day of what stands at the top, while one scrolls; none where the line of a day itself stands there.
function useFloatingDay(rows: readonly Row[]) {
  const formats = useFormats();
  const [day, setDay] = useState<string | null>(null);
  const show = (handle: VListHandle) => {
    const [from, to] = [0, DAY_HEIGHT].map((below) => handle.findItemIndex(handle.scrollOffset + below)) as [number, number];
    const isBesideDay = rows.slice(from, to + 1).some((row) => row.kind === "day");
    const date = isBesideDay ? null : dayAt(rows, from);
    setDay(date && dayName(date, formats));
  };
  return { day, show, hide: () => setDay(null) };
}

export function Conversation({ title, posts, query, empty, saysWriters = false, wanted = null, onNewest, onOpen }: ConversationProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const list = useRef<VListHandle>(null);
  const [found, setFound] = useState<number | null>(wanted);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const rows = useMemo(() => rowsOf(posts), [posts]);
  const byId = useMemo(() => new Map(posts.map((post) => [post.id, post])), [posts]);
  const floating = useFloatingDay(rows);

  // Older posts come in front of what is shown; what is shown must not move.
  const firstKey = rows[1]?.key ?? null;
  const shownFirst = useRef(firstKey);
  const isPrepended = shownFirst.current !== null && shownFirst.current !== firstKey;
  const hasBegun = useRef(false);
  const wasAtEnd = useRef(true);
  useLayoutEffect(() => {
    shownFirst.current = firstKey;
    const handle = list.current;
    if (!handle || rows.length === 0) return;
    if (!hasBegun.current) {
      hasBegun.current = true;
      const at = wanted === null ? -1 : placeOf(rows, wanted);
      handle.scrollToIndex(at >= 0 ? at : rows.length - 1, { align: at >= 0 ? "center" : "end" });
    } else if (wasAtEnd.current && !isPrepended) {
      handle.scrollToIndex(rows.length - 1, { align: "end" });
    }
  }, [firstKey, isPrepended, rows, wanted]);

  // A page that does not fill the window is followed by the next one at once.
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const mayAsk = hasNextPage && !isFetching && !isFetchNextPageError;
  useEffect(() => {
    const handle = list.current;
    if (mayAsk && (!handle || handle.scrollOffset < ASK_EARLY)) void fetchNextPage();
  }, [mayAsk, fetchNextPage, rows.length]);

  const onScroll = (offset: number) => {
    const handle = list.current;
    if (!handle) return;
    const atEnd = handle.scrollSize - offset - handle.viewportSize < NEAR_END;
    wasAtEnd.current = atEnd;
    setIsAtEnd(atEnd);
    floating.show(handle);
    if (offset < ASK_EARLY && mayAsk) void fetchNextPage();
  };

  const goTo = useCallback(
    (post: number) => {
      const at = placeOf(rows, post);
      if (at < 0) {
        onOpen?.(post);
        return;
      }
      list.current?.scrollToIndex(at, { align: "center" });
      setFound(post);
    },
    [rows, onOpen],
  );

  const answeredBy = (post: ShownPost | undefined) => (post?.reply_to == null ? undefined : byId.get(post.reply_to));

  if (query.isPending) return <div className="chat"><Loading /></div>;
  if (query.error != null && posts.length === 0)
    return <div className="chat"><ErrorState error={query.error} onRetry={() => void query.refetch()} /></div>;
  if (posts.length === 0 && !query.hasNextPage) return <div className="chat">{empty}</div>;

  return (
    <div className="chat">
      {query.isFetchNextPageError && (
        <div className="chat-note">
          <ErrorNote error={query.error} />
          <Button onPress={() => void query.fetchNextPage()}>{t("common.retry")}</Button>
        </div>
      )}
      <VList
        ref={list}
        className="chat-scroll"
        data={rows}
        shift={isPrepended}
        onScroll={onScroll}
        onScrollEnd={floating.hide}
        // A region that scrolls can be reached and scrolled by keys.
        tabIndex={0}
        role="feed"
        aria-label={title}
        aria-busy={query.isFetchingNextPage}
      >
        {(row) => {
          if (row.kind === "day")
            return (
              <div key={row.key} className="chat-line chat-day">
                <span className="pill">{dayName(row.date, formats)}</span>
              </div>
            );
          const first = row.posts[0];
          if (row.kind === "service") return <div key={row.key}>{first && <ServiceRow post={first} />}</div>;
          return (
            <div key={row.key} className={`chat-line${first?.out ? " chat-line-out" : ""}`}>
              <Bubble
                posts={row.posts}
                title={title}
                saysWriter={saysWriters && row.saysWriter}
                answered={answeredBy(first)}
                isFound={found !== null && row.posts.some((post) => post.id === found)}
                onGo={goTo}
                onOpen={onOpen}
              />
            </div>
          );
        }}
      </VList>
      {query.isFetchingNextPage ? (
        <span className="pill chat-floating" role="status">
          {t("chat.loading_older")}
        </span>
      ) : (
        floating.day !== null && (
          <span className="pill chat-floating" aria-hidden="true">
            {floating.day}
          </span>
        )
      )}
      {onNewest ? (
        <AriaButton className="chat-newest chat-newest-words" onPress={onNewest}>
          {t("chat.newest")}
          <Icon of={ChevronDown} size={20} />
        </AriaButton>
      ) : (
        !isAtEnd && (
          <AriaButton
            className="chat-newest"
            aria-label={t("chat.newest")}
            onPress={() => list.current?.scrollToIndex(rows.length - 1, { align: "end" })}
          >
            <Icon of={ChevronDown} size={22} />
          </AriaButton>
        )
      )}
    </div>
  );
}

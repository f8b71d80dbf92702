// Posts as a messenger shows them, newest at the bottom. Only what can be seen stands in the page; older posts come as one scrolls up.

import { ChevronDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton } from "react-aria-components";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { Button } from "../Button";
import { Icon } from "../Icon";
import { ErrorNote, ErrorState, Loading } from "../States";
import { dayName, useFormats } from "../Time";
import { Bubble } from "./Bubble";
import { dayAt, lastDayBefore, placeOf, rowsOf, type Row, type ShownPost } from "./rows";
import { WORDS, type Kind } from "./words";

/// What .chat-scroll leaves free above the first line, in pixels.
const TOP_MARGIN = 10;
/// So far from the beginning the next older page is asked for, in pixels.
const ASK_EARLY = 1500;
/// So near to the end one reads along with what is new.
const NEAR_END = 120;

/// What the list looks at of an infinite query whose next page is the older one, and whose previous page, if it can have one, the
/// newer one.
interface PostQuery {
  isPending: boolean;
  isFetching: boolean;
  error: unknown;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => unknown;
  hasPreviousPage: boolean;
  isFetchPreviousPageError: boolean;
  fetchPreviousPage: () => unknown;
}

/// Where one begins to read: at a post, or at the day that ends with a moment.
export type Beginning = { post: number } | { endOfDay: string };

function beginningOf(rows: readonly Row[], begin: Beginning): { index: number; align: "center" | "start" } | null {
  const index = "post" in begin ? placeOf(rows, begin.post) : lastDayBefore(rows, new Date(begin.endOfDay));
  return index < 0 ? null : { index, align: "post" in begin ? "center" : "start" };
}

interface ConversationProps {
  kind?: Kind;
  /// Whose posts they are, for screen readers and above answers.
  title: string;
  /// Oldest first.
  posts: readonly ShownPost[];
  query: PostQuery;
  /// What is shown where there is nothing.
  empty: ReactNode;
  /// Each writer's first post in a row is headed by their name.
  saysWriters?: boolean;
  /// Without it one begins at the newest.
  begin?: Beginning | null;
  /// The way to the newest posts, where one may begin before them.
  onNewest?: () => void;
  /// Shows the details of a post, if there are any.
  onOpen?: (post: number) => void;
  /// Leads to a post that another one answers and that is not at hand. Without it its details are shown.
  onFar?: (post: number) => void;
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
  const show = (handle: VirtualizerHandle) => {
    const [from, to] = [0, DAY_HEIGHT].map((below) => handle.findItemIndex(handle.scrollOffset + below)) as [number, number];
    const isBesideDay = rows.slice(from, to + 1).some((row) => row.kind === "day");
    const date = isBesideDay ? null : dayAt(rows, from);
    setDay(date && dayName(date, formats));
  };
  return { day, show, hide: () => setDay(null) };
}

export function Conversation({ kind = "post", title, posts, query, empty, saysWriters = false, begin = null, onNewest, onOpen, onFar = onOpen }: ConversationProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const list = useRef<VirtualizerHandle>(null);
  const [found, setFound] = useState<number | null>(begin && "post" in begin ? begin.post : null);
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
  const { hasNextPage, hasPreviousPage, isFetching, fetchNextPage, fetchPreviousPage } = query;
  // At the end of what is known, but not of what there is, one does not read along.
  const hadNewer = useRef(hasPreviousPage);
  useLayoutEffect(() => {
    shownFirst.current = firstKey;
    const readsAlong = wasAtEnd.current && !hadNewer.current && !isPrepended;
    hadNewer.current = hasPreviousPage;
    const handle = list.current;
    if (!handle || rows.length === 0) return;
    if (!hasBegun.current) {
      hasBegun.current = true;
      const place = begin && beginningOf(rows, begin);
      handle.scrollToIndex(place?.index ?? rows.length - 1, { align: place?.align ?? "end" });
    } else if (readsAlong) {
      handle.scrollToIndex(rows.length - 1, { align: "end" });
    }
  }, [firstKey, isPrepended, rows, begin, hasPreviousPage]);

  const mayAskOlder = hasNextPage && !isFetching && !query.isFetchNextPageError;
  const mayAskNewer = hasPreviousPage && !isFetching && !query.isFetchPreviousPageError;
  const askAt = useCallback(
    (handle: VirtualizerHandle | null) => {
      const offset = handle?.scrollOffset ?? 0;
      const below = handle ? handle.scrollSize - offset - handle.viewportSize : 0;
      if (mayAskNewer && below < ASK_EARLY) void fetchPreviousPage();
      else if (mayAskOlder && offset < ASK_EARLY) void fetchNextPage();
    },
    [mayAskNewer, mayAskOlder, fetchPreviousPage, fetchNextPage],
  );
  // A page that does not fill the window is followed by the next one at once.
  useEffect(() => askAt(list.current), [askAt, rows.length]);

  const onScroll = (offset: number) => {
    const handle = list.current;
    if (!handle) return;
    const atEnd = handle.scrollSize - offset - handle.viewportSize < NEAR_END;
    wasAtEnd.current = atEnd;
    setIsAtEnd(atEnd);
    floating.show(handle);
    askAt(handle);
  };

  const goTo = useCallback(
    (post: number) => {
      const at = placeOf(rows, post);
      if (at < 0) {
        onFar?.(post);
        return;
      }
      list.current?.scrollToIndex(at, { align: "center" });
      setFound(post);
    },
    [rows, onFar],
  );

  const answeredBy = (post: ShownPost | undefined) => (post?.reply_to == null ? undefined : byId.get(post.reply_to));

  if (query.isPending) return <div className="chat"><Loading /></div>;
  if (query.error != null && posts.length === 0)
    return <div className="chat"><ErrorState error={query.error} onRetry={() => void query.refetch()} /></div>;
  if (posts.length === 0 && !hasNextPage && !hasPreviousPage) return <div className="chat">{empty}</div>;

  return (
    <div className="chat">
      {(query.isFetchNextPageError || query.isFetchPreviousPageError) && (
        <div className="chat-note">
          <ErrorNote error={query.error} />
          <Button onPress={() => void (query.isFetchNextPageError ? fetchNextPage() : fetchPreviousPage())}>{t("common.retry")}</Button>
        </div>
      )}
      <div
        className="chat-scroll"
        // A region that scrolls can be reached and scrolled by keys.
        tabIndex={0}
        role="feed"
        aria-label={title}
        aria-busy={isFetching}
      >
        <Virtualizer ref={list} data={rows} shift={isPrepended} startMargin={TOP_MARGIN} onScroll={onScroll} onScrollEnd={floating.hide}>
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
                  kind={kind}
                  posts={row.posts}
                  title={title}
                  saysWriter={saysWriters && row.saysWriter}
                  answered={answeredBy(first)}
                  isFound={found !== null && row.posts.some((post) => post.id === found)}
                  hasFar={onFar !== undefined}
                  onGo={goTo}
                  onOpen={onOpen}
                />
              </div>
            );
          }}
        </Virtualizer>
      </div>
      {query.isFetchingNextPage ? (
        <span className="pill chat-floating" role="status">
          {t(WORDS[kind].loadingOlder)}
        </span>
      ) : (
        floating.day !== null && (
          <span className="pill chat-floating" aria-hidden="true">
            {floating.day}
          </span>
        )
      )}
      {(hasPreviousPage || !isAtEnd) && (
        <AriaButton
          className="chat-newest"
          aria-label={t(WORDS[kind].newest)}
          onPress={() => (hasPreviousPage ? onNewest?.() : list.current?.scrollToIndex(rows.length - 1, { align: "end" }))}
        >
          <Icon of={ChevronDown} size={22} />
        </AriaButton>
      )}
    </div>
  );
}

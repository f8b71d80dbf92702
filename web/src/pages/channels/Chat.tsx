// The posts of a channel, newest at the bottom. Only what can be seen stands in the page; older posts come as one scrolls up.

import { ChevronDown, MessageSquare } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton } from "react-aria-components";
import { VList, type VListHandle } from "virtua";
import type { Channel } from "../../api/channels";
import { useLivePosts, usePosts, type Post, type Until } from "../../api/posts";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Bubble } from "../../components/post/Bubble";
import { PostDialog } from "../../components/post/PostDialog";
import { Empty, ErrorNote, ErrorState, Loading } from "../../components/States";
import { dayName, useFormats } from "../../components/Time";
import { rowsOf } from "./rows";

/// So far from the beginning the next older page is asked for, in pixels.
const ASK_EARLY = 1500;
/// So near to the end one reads along with what is new.
const NEAR_END = 120;

interface ChatProps {
  channel: Channel;
  until: Until;
  wanted: number | null;
  onNewest: () => void;
}

export function Chat({ channel, until, wanted, onNewest }: ChatProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { posts, ...query } = usePosts(channel.id, until);
  useLivePosts(channel.id, until);

  const list = useRef<VListHandle>(null);
  const [opened, setOpened] = useState<number | null>(null);
  const [found, setFound] = useState<number | null>(wanted);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const rows = useMemo(() => rowsOf(posts), [posts]);
  const byId = useMemo(() => new Map(posts.map((post) => [post.id, post])), [posts]);

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
      const at = wanted === null ? -1 : rows.findIndex((row) => row.kind === "posts" && row.posts.some((post) => post.id === wanted));
      handle.scrollToIndex(at >= 0 ? at : rows.length - 1, { align: at >= 0 ? "center" : "end" });
    } else if (wasAtEnd.current && !isPrepended) {
      handle.scrollToIndex(rows.length - 1, { align: "end" });
    }
  }, [firstKey, isPrepended, rows, wanted]);

  // A page that does not fill the window is followed by the next one at once.
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    const handle = list.current;
    if (!hasNextPage || isFetching || isFetchNextPageError) return;
    if (!handle || handle.scrollOffset < ASK_EARLY) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage, rows.length]);

  // History makes no events. Who stands at the end of what was known looks again when there is more.
  const { messages } = channel.completeness;
  const known = useRef(messages);
  const { refetch } = query;
  useEffect(() => {
    if (known.current === messages || isFetching) return;
    known.current = messages;
    if (!hasNextPage) void refetch();
  }, [messages, hasNextPage, isFetching, refetch]);

  const onScroll = (offset: number) => {
    const handle = list.current;
    if (!handle) return;
    const atEnd = handle.scrollSize - offset - handle.viewportSize < NEAR_END;
    wasAtEnd.current = atEnd;
    setIsAtEnd(atEnd);
    if (offset < ASK_EARLY && query.hasNextPage && !query.isFetchingNextPage && !query.isFetchNextPageError)
      void query.fetchNextPage();
  };

  const goTo = useCallback(
    (post: number) => {
      const at = rows.findIndex((row) => row.kind === "posts" && row.posts.some((one) => one.id === post));
      if (at < 0) {
        setOpened(post);
        return;
      }
      list.current?.scrollToIndex(at, { align: "center" });
      setFound(post);
    },
    [rows],
  );

  const answeredBy = (post: Post | undefined) => (post?.reply_to == null ? undefined : byId.get(post.reply_to));

  if (query.isPending) return <div className="chat"><Loading /></div>;
  if (query.error && posts.length === 0)
    return <div className="chat"><ErrorState error={query.error} onRetry={() => void query.refetch()} /></div>;
  if (posts.length === 0 && !query.hasNextPage)
    return (
      <div className="chat">
        <Empty
          icon={MessageSquare}
          title={t(until === null ? "chat.empty" : "chat.empty_before")}
          text={channel.collecting ? t("chat.empty_collecting") : t("chat.empty_text")}
        >
          {until !== null && <Button onPress={onNewest}>{t("chat.newest")}</Button>}
        </Empty>
      </div>
    );

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
        shift={isPrepended}
        onScroll={onScroll}
        // A region that scrolls can be reached and scrolled by keys.
        tabIndex={0}
        role="feed"
        aria-label={channel.title}
        aria-busy={query.isFetchingNextPage}
      >
        {rows.map((row) =>
          row.kind === "day" ? (
            <div key={row.key} className="chat-line chat-day">
              <span className="pill">{dayName(row.date, formats)}</span>
            </div>
          ) : (
            <div key={row.key} className="chat-line">
              <Bubble
                posts={row.posts}
                answered={answeredBy(row.posts[0])}
                isFound={found !== null && row.posts.some((post) => post.id === found)}
                onGo={goTo}
                onOpen={setOpened}
              />
            </div>
          ),
        )}
      </VList>
      {query.isFetchingNextPage && (
        <span className="pill chat-loading" role="status">
          {t("chat.loading_older")}
        </span>
      )}
      {until !== null ? (
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
      {opened !== null && <PostDialog channel={channel.id} post={opened} onClose={() => setOpened(null)} />}
    </div>
  );
}

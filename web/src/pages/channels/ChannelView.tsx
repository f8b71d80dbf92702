// One channel: its head, how far its collection is, and its posts.

import { Info, MessageSquareX, Search } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton } from "react-aria-components";
import { useLocation, useSearchParams } from "wouter";
import { useCollection, type Channel } from "../../api/channels";
import { usePost } from "../../api/posts";
import { problemOf } from "../../api/problem";
import { Button, IconButton, IconLink } from "../../components/Button";
import { ViewHead, ViewTitle } from "../../components/Panes";
import { GoTo, numberIn } from "../../components/post/GoTo";
import { Empty, ErrorState, Loading } from "../../components/States";
import { endOfDay } from "../../components/Time";
import { ChannelInfo } from "./ChannelInfo";
import { Chat } from "./Chat";
import { CollectionBar } from "./CollectionBar";

/// A moment that still includes the post that was asked for.
function after(moment: string): string {
  return new Date(new Date(moment).getTime() + 1000).toISOString();
}

interface ShownFrom {
  channel: Channel;
  onNewest: () => void;
}

/// The posts around one of them, which has to be found first.
function ChatAt({ channel, post: number, onNewest }: ShownFrom & { post: number }) {
  const { t } = useTranslation();
  const post = usePost(channel.id, number);
  const begin = useMemo(() => ({ post: number }), [number]);
  if (post.data) return <Chat channel={channel} until={after(post.data.date)} begin={begin} onNewest={onNewest} />;
  return (
    <div className="chat">
      {post.isPending && <Loading />}
      {post.error &&
        (problemOf(post.error).code === "not_found" ? (
          <Empty icon={MessageSquareX} title={t("chat.no_post", { number })} text={t("chat.no_post_text")}>
            <Button onPress={onNewest}>{t("chat.newest")}</Button>
          </Empty>
        ) : (
          <ErrorState error={post.error} onRetry={() => void post.refetch()} />
        ))}
    </div>
  );
}

/// On a phone there is room for one of both: that it is live goes without saying.
function ChannelLine({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const count = t("channels.messages", { count: channel.completeness.messages });
  if (channel.live)
    return (
      <>
        {count}
        <span className="wide-only"> · {t("channels.live")}</span>
      </>
    );
  return (
    <>
      <span className="wide-only">{count} · </span>
      {t("channels.not_live")}
    </>
  );
}

export function ChannelView({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [search] = useSearchParams();
  const [isInfoOpen, setIsInfoOpen] = useState(false);
  const collection = useCollection(channel.id, channel.collecting || isInfoOpen);

  const post = numberIn(search.get("post"));
  const until = search.get("until");
  const path = `/channels/${channel.id}`;
  const toNewest = () => navigate(path);
  const begin = useMemo(() => (until === null ? null : { endOfDay: until }), [until]);

  return (
    <>
      <ViewHead
        back="/channels"
        actions={
          <>
            <IconLink icon={Search} label={t("chat.search")} href={`/search?channel=${channel.id}`} />
            <GoTo
              label={t("chat.go_to")}
              numberLabel={t("chat.number")}
              onDay={(day) => navigate(`${path}?until=${encodeURIComponent(endOfDay(day))}`)}
              onNumber={(number) => navigate(`${path}?post=${number}`)}
            />
            <span className="wide-only">
              <IconButton icon={Info} label={t("chat.info")} onPress={() => setIsInfoOpen(true)} />
            </span>
          </>
        }
      >
        <AriaButton className="chat-title" onPress={() => setIsInfoOpen(true)}>
          <span className="hidden-text">{t("chat.info")}</span>
          <ViewTitle
            id={channel.id}
            title={channel.title}
            line={<ChannelLine channel={channel} />}
          />
        </AriaButton>
      </ViewHead>
      {channel.collecting && <CollectionBar collection={collection.data} />}
      {post !== null ? (
        <ChatAt key={`post ${post}`} channel={channel} post={post} onNewest={toNewest} />
      ) : (
        <Chat key={until ?? "now"} channel={channel} until={until} begin={begin} onNewest={toNewest} />
      )}
      {isInfoOpen && <ChannelInfo channel={channel} collection={collection.data} onClose={() => setIsInfoOpen(false)} />}
    </>
  );
}

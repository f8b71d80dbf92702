// One chat of an account: its head, and its messages.

import { ListPlus, Megaphone, MessageSquare, MessageSquareX } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import { useChannels } from "../../api/channels";
import { useChat, type Peer } from "../../api/chats";
import { NO_MESSAGE, useMessages, type From, type LiveMessage } from "../../api/messages";
import { problemOf } from "../../api/problem";
import { Button, IconButton, IconLink } from "../../components/Button";
import { ViewHead, ViewTitle } from "../../components/Panes";
import { Conversation, type Beginning } from "../../components/post/Conversation";
import { GoTo, numberIn } from "../../components/post/GoTo";
import type { ShownPost } from "../../components/post/rows";
import { Empty } from "../../components/States";
import { endOfDay } from "../../components/Time";
import { FollowDialog } from "../channels/FollowDialog";
import { useTitleOf } from "./names";

/// The description of the API leaves open what stands in entities and media; they are those of posts.
function shown(message: LiveMessage, names: ReadonlyMap<string, string>): ShownPost {
  return {
    ...message,
    deleted: false,
    entities: message.entities as unknown as ShownPost["entities"],
    media: message.media as ShownPost["media"],
    writer: message.from === null ? null : (names.get(message.from) ?? null),
  };
}

function useLine(peer: Peer | undefined): string {
  const { t } = useTranslation();
  if (!peer) return "";
  const members = peer.members === null ? null : t("chats.members", { count: peer.members });
  return [t(`chats.type_${peer.type}`), peer.username && `@${peer.username}`, members].filter(Boolean).join(" · ");
}

/// What is collected of it, or the way to collect it.
function Collected({ account, peer }: { account: number; peer: Peer }) {
  const { t } = useTranslation();
  const channels = useChannels();
  const [isFollowing, setIsFollowing] = useState(false);
  if (peer.type !== "channel" && peer.type !== "supergroup") return null;
  if (!channels.data) return null;
  if (channels.data.some((channel) => channel.id === peer.id))
    return <IconLink icon={Megaphone} label={t("chats.to_channel")} href={`/channels/${peer.id}`} />;
  return (
    <>
      <IconButton icon={ListPlus} label={t("chats.follow")} onPress={() => setIsFollowing(true)} />
      {isFollowing && (
        <FollowDialog
          channel={peer.username === null ? peer.ref : `@${peer.username}`}
          account={account}
          onClose={() => setIsFollowing(false)}
        />
      )}
    </>
  );
}

/// There is no message of that number, and the way on from there.
function NoMessage({ number, onNewest }: { number: number; onNewest: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="chat">
      <Empty icon={MessageSquareX} title={t("chats.no_message", { number })} text={t("chats.no_message_text")}>
        <Button onPress={onNewest}>{t("chats.newest")}</Button>
      </Empty>
    </div>
  );
}

/// The moment or number in the address.
function useFrom(): From {
  const [search] = useSearchParams();
  const post = numberIn(search.get("post"));
  const until = search.get("until");
  return useMemo(() => {
    if (post !== null) return { post };
    return until === null ? null : { until };
  }, [post, until]);
}

function beginningAt(from: From): Beginning | null {
  if (from === null) return null;
  return "post" in from ? from : { endOfDay: from.until };
}

interface MessagesProps {
  account: number;
  chat: string;
  title: string;
  saysWriters: boolean;
  from: From;
}

function Messages({ account, chat, title, saysWriters, from }: MessagesProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { messages, names, ...query } = useMessages(account, chat, from);
  const posts = useMemo(() => messages.map((message) => shown(message, names)), [messages, names]);
  const begin = useMemo(() => beginningAt(from), [from]);
  const path = `/chats/${account}/${chat}`;
  const toNewest = () => navigate(path);
  if (from !== null && "post" in from && query.error && problemOf(query.error).code === NO_MESSAGE)
    return <NoMessage number={from.post} onNewest={toNewest} />;
  return (
    <Conversation
      kind="message"
      title={title}
      posts={posts}
      query={query}
      saysWriters={saysWriters}
      begin={begin}
      onNewest={toNewest}
      onFar={(number) => navigate(`${path}?post=${number}`)}
      empty={<Empty icon={MessageSquare} title={t("chats.no_messages")} text={t("chats.no_messages_text")} />}
    />
  );
}

interface ChatViewProps {
  account: number;
  chat: string;
  /// As the list has it; a chat that was opened by its address is asked for.
  known: Peer | undefined;
}

export function ChatView({ account, chat, known }: ChatViewProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const asked = useChat(account, chat);
  const peer = known ?? asked.data;
  const titleOf = useTitleOf(account);
  const title = peer ? titleOf(peer) : chat;
  const line = useLine(asked.data ?? peer);
  const from = useFrom();
  const path = `/chats/${account}/${chat}`;
  const isOneToOne = peer?.type === "user" || peer?.type === "bot" || peer?.type === "channel";
  return (
    <>
      <ViewHead
        back={`/chats/${account}`}
        actions={
          <>
            <GoTo
              label={t("chats.go_to")}
              numberLabel={t("chats.number")}
              onDay={(day) => navigate(`${path}?until=${encodeURIComponent(endOfDay(day))}`)}
              onNumber={(number) => navigate(`${path}?post=${number}`)}
            />
            {peer && <Collected account={account} peer={peer} />}
          </>
        }
      >
        <div className="chat-title">
          <ViewTitle id={peer?.id ?? "0"} title={title} line={line} />
        </div>
      </ViewHead>
      <Messages key={JSON.stringify(from)} account={account} chat={chat} title={title} saysWriters={!isOneToOne} from={from} />
    </>
  );
}

// One chat of an account: its head, and its messages.

import { ListPlus, Megaphone, MessageSquare } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useChannels } from "../../api/channels";
import { useChat, useMessages, type LiveMessage, type Peer } from "../../api/chats";
import { IconButton, IconLink } from "../../components/Button";
import { ViewHead, ViewTitle } from "../../components/Panes";
import { Conversation } from "../../components/post/Conversation";
import type { ShownPost } from "../../components/post/rows";
import { Empty } from "../../components/States";
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

interface ChatViewProps {
  account: number;
  chat: string;
  /// As the list has it; a chat that was opened by its address is asked for.
  known: Peer | undefined;
}

export function ChatView({ account, chat, known }: ChatViewProps) {
  const { t } = useTranslation();
  const asked = useChat(account, chat);
  const peer = known ?? asked.data;
  const titleOf = useTitleOf(account);
  const title = peer ? titleOf(peer) : chat;
  const line = useLine(asked.data ?? peer);
  const { messages, names, ...query } = useMessages(account, chat);
  const posts = useMemo(() => messages.map((message) => shown(message, names)), [messages, names]);
  const isOneToOne = peer?.type === "user" || peer?.type === "bot" || peer?.type === "channel";
  return (
    <>
      <ViewHead back={`/chats/${account}`} actions={peer && <Collected account={account} peer={peer} />}>
        <div className="chat-title">
          <ViewTitle id={peer?.id ?? "0"} title={title} line={line} />
        </div>
      </ViewHead>
      <Conversation
        title={title}
        posts={posts}
        query={query}
        saysWriters={!isOneToOne}
        empty={<Empty icon={MessageSquare} title={t("chats.no_messages")} text={t("chats.no_messages_text")} />}
      />
    </>
  );
}

// The posts of a channel, kept up to date.

import { MessageSquare } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel } from "../../api/channels";
import { useLivePosts, usePosts, type Until } from "../../api/posts";
import { Conversation, type Beginning } from "../../components/post/Conversation";
import { PostDialog } from "../../components/post/PostDialog";
import { Empty } from "../../components/States";

interface ChatProps {
  channel: Channel;
  until: Until;
  begin: Beginning | null;
  onNewest: () => void;
}

export function Chat({ channel, until, begin, onNewest }: ChatProps) {
  const { t } = useTranslation();
  const { posts, ...query } = usePosts(channel.id, until);
  useLivePosts(channel.id, until);
  const [opened, setOpened] = useState<number | null>(null);

  // History makes no events. Who stands at the end of what was known looks again when there is more.
  const { messages } = channel.completeness;
  const known = useRef(messages);
  const { hasNextPage, isFetching, refetch } = query;
  useEffect(() => {
    if (known.current === messages || isFetching) return;
    known.current = messages;
    if (!hasNextPage && until === null) void refetch();
  }, [messages, hasNextPage, isFetching, refetch, until]);

  return (
    <>
      <Conversation
        title={channel.title}
        posts={posts}
        query={query}
        begin={begin}
        onNewest={onNewest}
        onOpen={setOpened}
        empty={
          <Empty
            icon={MessageSquare}
            title={t("chat.empty")}
            text={channel.collecting ? t("chat.empty_collecting") : t("chat.empty_text")}
          />
        }
      />
      {opened !== null && <PostDialog channel={channel.id} post={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

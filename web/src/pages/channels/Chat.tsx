// The posts of a channel, kept up to date.

import { MessageSquare } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel } from "../../api/channels";
import { useLivePosts, usePosts, type Until } from "../../api/posts";
import { Button } from "../../components/Button";
import { Conversation } from "../../components/post/Conversation";
import { PostDialog } from "../../components/post/PostDialog";
import { Empty } from "../../components/States";

interface ChatProps {
  channel: Channel;
  until: Until;
  wanted: number | null;
  onNewest: () => void;
}

export function Chat({ channel, until, wanted, onNewest }: ChatProps) {
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
    if (!hasNextPage) void refetch();
  }, [messages, hasNextPage, isFetching, refetch]);

  return (
    <>
      <Conversation
        title={channel.title}
        posts={posts}
        query={query}
        wanted={wanted}
        onNewest={until === null ? undefined : onNewest}
        onOpen={setOpened}
        empty={
          <Empty
            icon={MessageSquare}
            title={t(until === null ? "chat.empty" : "chat.empty_before")}
            text={channel.collecting ? t("chat.empty_collecting") : t("chat.empty_text")}
          >
            {until !== null && <Button onPress={onNewest}>{t("chat.newest")}</Button>}
          </Empty>
        }
      />
      {opened !== null && <PostDialog channel={channel.id} post={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

// One post, or the posts of an album, as a messenger shows them.

import { CornerUpRight, Eye, Pencil, Trash2 } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton } from "react-aria-components";
import type { Post } from "../../api/posts";
import { Icon } from "../Icon";
import { useFormats } from "../Time";
import { Media } from "./Media";
import { PostText } from "./PostText";
import type { Mark } from "./segments";

interface ForwardHeader {
  from?: { type: string; id: string | number };
  from_name?: string;
  post_author?: string;
}

function Forward({ forward }: { forward: ForwardHeader }) {
  const { t } = useTranslation();
  const from = forward.from_name ?? (forward.from ? t(`post.peer_${forward.from.type}` as "post.peer_channel", { id: String(forward.from.id) }) : "");
  return (
    <p className="post-forward">
      <Icon of={CornerUpRight} size={15} />
      {from ? t("post.forwarded_from", { name: from }) : t("post.forwarded")}
      {forward.post_author !== undefined && ` (${forward.post_author})`}
    </p>
  );
}

function Reply({ number, answered, onGo }: { number: number; answered: Post | undefined; onGo: (post: number) => void }) {
  const { t } = useTranslation();
  return (
    <AriaButton className="post-reply" onPress={() => onGo(number)}>
      <span className="hidden-text">{t("post.go_to_reply", { number })}</span>
      <strong>{answered ? answered.channel_title : t("post.reply_to", { number })}</strong>
      <span>{answered ? answered.text || t("post.without_text") : t("post.open_reply")}</span>
    </AriaButton>
  );
}

export interface BubbleProps {
  posts: readonly Post[];
  answered: Post | undefined;
  isFound: boolean;
  marks?: readonly Mark[] | undefined;
  onGo: (post: number) => void;
  onOpen: (post: number) => void;
}

export const Bubble = memo(function Bubble({ posts, answered, isFound, marks, onGo, onOpen }: BubbleProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const first = posts[0];
  if (!first) return null;
  const worded = posts.find((post) => post.text !== "") ?? first;
  const date = new Date(first.date);
  const edited = posts.find((post) => post.edit_date !== null);
  const isDeleted = posts.every((post) => post.deleted);
  const previews = posts.filter((post) => post.media?.kind === "webpage");
  const attached = posts.filter((post) => post.media && post.media.kind !== "webpage");
  return (
    <article
      className={`bubble${isDeleted ? " bubble-deleted" : ""}${isFound ? " bubble-found" : ""}`}
      aria-label={t("post.label", { number: first.id, time: formats.minute.format(date) })}
    >
      {first.forward && <Forward forward={first.forward as ForwardHeader} />}
      {first.reply_to !== null && <Reply number={first.reply_to} answered={answered} onGo={onGo} />}
      {attached.length > 0 && (
        <div className={attached.length > 1 ? "album" : "attached"}>
          {attached.map((post) => post.media && <Media key={post.id} media={post.media} />)}
        </div>
      )}
      {worded.text !== "" && <PostText text={worded.text} marks={marks ?? (worded.entities as Mark[])} />}
      {previews.map((post) => post.media && <Media key={post.id} media={post.media} />)}
      <footer className="post-foot">
        {isDeleted && (
          <span className="post-deleted">
            <Icon of={Trash2} size={13} />
            {t("post.deleted")}
          </span>
        )}
        {first.author !== null && <span>{first.author}</span>}
        {first.views !== null && (
          <span aria-label={t("post.views", { count: first.views })}>
            <Icon of={Eye} size={14} />
            {formats.compact.format(first.views)}
          </span>
        )}
        {edited && (
          <AriaButton className="post-edited" onPress={() => onOpen(edited.id)}>
            <Icon of={Pencil} size={12} />
            {t("post.edited")}
          </AriaButton>
        )}
        <AriaButton className="post-time" onPress={() => onOpen(first.id)}>
          <time dateTime={first.date} title={formats.exact.format(date)}>
            {formats.clock.format(date)}
          </time>
          <span className="hidden-text">{t("post.open", { number: first.id })}</span>
        </AriaButton>
      </footer>
    </article>
  );
});

// One post, or the posts of an album, as a messenger shows them.

import { CornerUpRight, Eye, Pencil, Trash2 } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton } from "react-aria-components";
import { Icon } from "../Icon";
import { useFormats } from "../Time";
import { Media } from "./Media";
import { PostText } from "./PostText";
import type { ShownPost } from "./rows";
import type { Mark } from "./segments";
import { WORDS, type Kind } from "./words";

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

interface ReplyProps {
  kind: Kind;
  number: number;
  title: string;
  answered: ShownPost | undefined;
  /// Nothing leads to it: it is not at hand.
  isFar: boolean;
  onGo: (post: number) => void;
}

function Reply({ kind, number, title, answered, isFar, onGo }: ReplyProps) {
  const { t } = useTranslation();
  if (isFar) return <p className="post-reply">{t(WORDS[kind].replyTo, { number })}</p>;
  return (
    <AriaButton className="post-reply" onPress={() => onGo(number)}>
      <span className="hidden-text">{t(WORDS[kind].goToReply, { number })}</span>
      <strong>{answered ? (answered.writer ?? title) : t(WORDS[kind].replyTo, { number })}</strong>
      <span>{answered ? answered.text || t("post.without_text") : t("post.open_reply")}</span>
    </AriaButton>
  );
}

/// As wide as an icon of the footer and the gaps around it.
const ICON_ROOM = "\u2003\u2003\u2002";

/// Unseen, so that the footer finds room beside the end of the text: as wide as its `parts`.
function Room({ parts }: { parts: readonly (string | false | null)[] }) {
  const words = parts.filter((part) => typeof part === "string");
  return <span className="post-room" data-words={words.join("\u2002")} aria-hidden="true" />;
}

interface BubbleProps {
  kind?: Kind;
  posts: readonly ShownPost[];
  /// Of the channel or chat.
  title: string;
  saysWriter?: boolean;
  answered?: ShownPost | undefined;
  isFound?: boolean;
  /// A way leads to a post that it answers and that is not at hand.
  hasFar?: boolean;
  onGo: (post: number) => void;
  /// Shows the details; without it there are none.
  onOpen?: ((post: number) => void) | undefined;
}

export const Bubble = memo(function Bubble({ kind = "post", posts, title, saysWriter = false, answered, isFound = false, hasFar = false, onGo, onOpen }: BubbleProps) {
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
  // What stands between the text and the footer keeps them apart.
  const isBeside = worded.text !== "" && previews.length === 0;
  const look = `${isDeleted ? " bubble-deleted" : ""}${isFound ? " bubble-found" : ""}${first.out ? " bubble-out" : ""}`;
  const clock = (
    <time dateTime={first.date} title={formats.exact.format(date)}>
      {formats.clock.format(date)}
    </time>
  );
  return (
    <article
      className={`bubble${look}`}
      aria-label={t(WORDS[kind].label, { number: first.id, time: formats.minute.format(date) })}
    >
      {saysWriter && !first.out && <p className="post-writer">{first.writer}</p>}
      {first.forward && <Forward forward={first.forward as ForwardHeader} />}
      {first.reply_to !== null && <Reply kind={kind} number={first.reply_to} title={title} answered={answered} isFar={!answered && !hasFar} onGo={onGo} />}
      {attached.length > 0 && (
        <div className={attached.length > 1 ? "album" : "attached"}>
          {attached.map((post) => post.media && <Media key={post.id} media={post.media} />)}
        </div>
      )}
      {worded.text !== "" && (
         <PostText
          text={worded.text}
          marks={worded.entities as Mark[]}
          end={
            isBeside && (
              <Room
                parts={[
                  isDeleted && ICON_ROOM + t("post.deleted"),
                  first.author,
                  first.views !== null && ICON_ROOM + formats.compact.format(first.views),
                  edited !== undefined && ICON_ROOM + t("post.edited"),
                  formats.clock.format(date),
                ]}
              />
            )
          }
        />
      )}
      {previews.map((post) => post.media && <Media key={post.id} media={post.media} />)}
      <footer className={`post-foot${isBeside ? " post-foot-beside" : ""}`}>
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
        {edited && !onOpen && <span>{t("post.edited")}</span>}
        {edited && onOpen && (
          <AriaButton className="post-edited" onPress={() => onOpen(edited.id)}>
            <Icon of={Pencil} size={12} />
            {t("post.edited")}
          </AriaButton>
        )}
        {onOpen ? (
          <AriaButton className="post-time" onPress={() => onOpen(first.id)}>
            {clock}
            <span className="hidden-text">{t("post.open", { number: first.id })}</span>
          </AriaButton>
        ) : (
          <span className="post-time">{clock}</span>
        )}
      </footer>
    </article>
  );
});

// One post by itself: its link, its numbers, and what it was before its edits.

import { ExternalLink, MessageSquareText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { usePost } from "../../api/posts";
import { Dialog } from "../Dialog";
import { Icon } from "../Icon";
import { ErrorState, Loading } from "../States";
import { Moment } from "../Time";
import { Bubble } from "./Bubble";
import { Media } from "./Media";
import { PostText } from "./PostText";
import { safeLink, type Mark } from "./segments";

const nothing = () => undefined;

export function PostDialog({ channel, post: number, onClose }: { channel: string; post: number; onClose: () => void }) {
  const { t } = useTranslation();
  const post = usePost(channel, number);
  const link = safeLink(post.data?.url);
  return (
    <Dialog title={t("post.title", { number })} isOpen onClose={onClose}>
      {post.isPending && <Loading />}
      {post.error && <ErrorState error={post.error} onRetry={() => void post.refetch()} />}
      {post.data && (
        <>
          <p className="quiet small">
            {post.data.channel_title} · <Moment at={post.data.date} />
          </p>
          <div className="post-alone">
            <Bubble posts={[post.data]} title={post.data.channel_title} onGo={nothing} />
          </div>
          {post.data.versions.length > 0 && (
            <section className="versions">
              <h3>{t("post.versions", { count: post.data.versions.length })}</h3>
              <ol>
                {[...post.data.versions].reverse().map((version) => (
                  <li key={version.replaced_at + version.text} className="version">
                    <p className="small quiet">
                      {t("post.replaced")} <Moment at={version.replaced_at} />
                    </p>
                    {version.media && <Media media={version.media} />}
                    <PostText text={version.text} marks={version.entities as Mark[]} />
                  </li>
                ))}
              </ol>
            </section>
          )}
          <div className="actions">
            <Link className="button button-plain" href={`/channels/${channel}?post=${number}`} onClick={onClose}>
              <Icon of={MessageSquareText} />
              {t("post.show_in_channel")}
            </Link>
            {link !== null && (
              <a className="button button-plain" href={link} target="_blank" rel="noopener noreferrer">
                <Icon of={ExternalLink} />
                {t("post.at_telegram")}
              </a>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}

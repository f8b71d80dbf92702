// What is attached to a post, in words: what it is, how large, what it is called.

import {
  ChartColumn,
  CircleDot,
  ContactRound,
  FileText,
  Film,
  Image,
  Link2,
  MapPin,
  Mic,
  Music,
  Paperclip,
  Smile,
  type LucideIcon,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Post } from "../../api/posts";
import { Icon } from "../Icon";
import { sizeText } from "../size";
import { useFormats } from "../Time";
import { safeLink } from "./segments";

type MediaObject = NonNullable<Post["media"]>;

const ICONS: Record<string, LucideIcon> = {
  photo: Image,
  video: Film,
  animation: Film,
  round_video: CircleDot,
  voice: Mic,
  audio: Music,
  document: FileText,
  sticker: Smile,
  poll: ChartColumn,
  location: MapPin,
  live_location: MapPin,
  venue: MapPin,
  contact: ContactRound,
};

function text(media: MediaObject, name: string): string | null {
  const value = (media as Record<string, unknown>)[name];
  return typeof value === "string" && value !== "" ? value : null;
}

function number(media: MediaObject, name: string): number | null {
  const value = (media as Record<string, unknown>)[name];
  return typeof value === "number" ? value : null;
}

function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

function Preview({ media }: { media: MediaObject }) {
  const link = safeLink(text(media, "url") ?? undefined);
  const title = text(media, "title");
  const description = text(media, "description");
  if (!title && !description && !text(media, "site_name")) return null;
  const inside = (
    <>
      <span className="preview-site">{text(media, "site_name") ?? text(media, "display_url")}</span>
      {title && <strong>{title}</strong>}
      {description && <span className="preview-text">{description}</span>}
    </>
  );
  return link ? (
    <a className="preview" href={link} target="_blank" rel="noopener noreferrer nofollow">
      {inside}
    </a>
  ) : (
    <div className="preview">{inside}</div>
  );
}

function Poll({ media }: { media: MediaObject }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const all = number(media, "total_voters") ?? 0;
  const given: unknown = (media as Record<string, unknown>)["answers"];
  const answers = (Array.isArray(given) ? given : []) as { text?: unknown; voters?: unknown }[];
  return (
    <div className="poll">
      <strong>{text(media, "question")}</strong>
      <ul>
        {answers.map((answer, index) => {
          const voters = typeof answer.voters === "number" ? answer.voters : 0;
          return (
            <li key={index}>
              <span className="poll-share">{all > 0 ? formats.percent.format(voters / all) : "–"}</span>
              <span>{String(answer.text ?? "")}</span>
              <meter min={0} max={Math.max(1, all)} value={voters} aria-label={String(answer.text ?? "")} />
            </li>
          );
        })}
      </ul>
      <span className="small quiet">{t("post.voters", { count: all })}</span>
    </div>
  );
}

export function Media({ media }: { media: MediaObject }) {
  const { t, i18n } = useTranslation();
  if (media.kind === "webpage") return <Preview media={media} />;
  if (media.kind === "poll") return <Poll media={media} />;
  const kind = `post.media_${media.kind}`;
  const name = i18n.exists(kind) ? t(kind as "post.media_photo") : media.kind;
  const width = number(media, "width");
  const height = number(media, "height");
  const size = number(media, "size");
  const duration = number(media, "duration");
  const song = [text(media, "performer"), text(media, "title")].filter(Boolean).join(" – ");
  const title = text(media, "file_name") ?? (song || text(media, "emoji")) ?? name;
  const facts = [
    title === name ? null : name,
    duration === null ? null : durationText(duration),
    width && height ? `${width} × ${height}` : null,
    size === null ? null : sizeText(size, i18n.language),
    text(media, "address"),
    text(media, "phone"),
  ].filter((fact) => fact !== null);
  const isLink = media.kind === "link";
  return (
    <div className="media">
      <span className="media-icon">
        <Icon of={isLink ? Link2 : (ICONS[media.kind] ?? Paperclip)} size={22} />
      </span>
      <span className="media-words">
        <span className="media-title">{title || name}</span>
        {facts.length > 0 && <span className="small quiet">{facts.join(", ")}</span>}
      </span>
    </div>
  );
}

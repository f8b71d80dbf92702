// A text with Telegram's formatting. Everything that others wrote goes through here or through a plain {text}: React makes text nodes of it.

import { Fragment, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { blocksOf, safeLink, type Mark, type Piece } from "./segments";

const OUTSIDE = { target: "_blank", rel: "noopener noreferrer nofollow" } as const;

function Spoiler({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [isShown, setIsShown] = useState(false);
  if (isShown) return <span className="spoiler-shown">{children}</span>;
  return (
    <button type="button" className="spoiler" aria-label={t("post.spoiler")} onClick={() => setIsShown(true)}>
      <span aria-hidden="true">{children}</span>
    </button>
  );
}

function linkOf(mark: Mark, text: string): string | null {
  switch (mark.type) {
    case "link":
    case "url":
      return safeLink(text);
    case "text_link":
      return safeLink(mark.href);
    case "email":
      return safeLink(`mailto:${text}`);
    case "phone":
      return safeLink(`tel:${text.replace(/[^\d+]/g, "")}`);
    case "mention":
      return safeLink(`https://t.me/${encodeURIComponent(text.replace(/^@/, ""))}`);
    case "hashtag":
    case "cashtag":
      return `/search?q=${encodeURIComponent(text.replace(/^[#$]/, ""))}`;
    default:
      return null;
  }
}

function dressed(mark: Mark, text: string, inside: ReactNode): ReactNode {
  switch (mark.type) {
    case "bold":
      return <strong>{inside}</strong>;
    case "italic":
      return <em>{inside}</em>;
    case "underline":
      return <u>{inside}</u>;
    case "strikethrough":
      return <s>{inside}</s>;
    case "code":
      return <code>{inside}</code>;
    case "found":
      return <mark>{inside}</mark>;
    case "spoiler":
      return <Spoiler>{inside}</Spoiler>;
    default: {
      const link = linkOf(mark, text);
      if (link === null) return inside;
      if (link.startsWith("/")) return <Link href={link}>{inside}</Link>;
      return (
        <a href={link} {...OUTSIDE}>
          {inside}
        </a>
      );
    }
  }
}

/// Links inside, spoilers outside of everything.
const ORDER = ["link", "url", "text_link", "email", "phone", "mention", "hashtag", "cashtag", "found", "code"];
const rank = (mark: Mark) => (mark.type === "spoiler" ? 100 : ORDER.indexOf(mark.type) + 1);

function PieceView({ piece, whole }: { piece: Piece; whole: string }) {
  const marks = [...piece.marks].sort((a, b) => rank(a) - rank(b));
  return marks.reduce<ReactNode>(
    (inside, mark) => dressed(mark, whole.slice(mark.offset, mark.offset + mark.length), inside),
    piece.text,
  );
}

/// `end` follows the last character.
export function PostText({ text, marks, end }: { text: string; marks: readonly Mark[]; end?: ReactNode }) {
  const blocks = useMemo(() => blocksOf(text, marks), [text, marks]);
  return (
    <div className="post-text" dir="auto">
      {blocks.map((block, index) => {
        const inside = block.pieces.map((piece, place) => (
          <Fragment key={place}>
            <PieceView piece={piece} whole={text} />
          </Fragment>
        ));
        if (block.block?.type === "pre")
          return (
            <pre key={index} tabIndex={0}>
              <code>{inside}</code>
            </pre>
          );
        if (block.block?.type === "blockquote") return <blockquote key={index}>{inside}</blockquote>;
        return <Fragment key={index}>{inside}</Fragment>;
      })}
      {end}
    </div>
  );
}

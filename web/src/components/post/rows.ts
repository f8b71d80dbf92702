// Posts into what the list shows: days, albums, posts, and what happened in a chat.

import type { Post } from "../../api/posts";

/// What is shown of a post. Posts of channels have it, and messages of chats, which say as well who wrote them.
export type ShownPost = Pick<
  Post,
  "id" | "date" | "edit_date" | "deleted" | "text" | "entities" | "media" | "forward" | "reply_to" | "author" | "views" | "grouped_id" | "action"
> & {
  /// Written by the account itself: it stands on the other side.
  out?: boolean;
  /// Who wrote it, where that is not always the same.
  writer?: string | null;
};

export type Row =
  | { kind: "day"; key: string; date: Date }
  | { kind: "service"; key: string; posts: ShownPost[] }
  | { kind: "posts"; key: string; posts: ShownPost[]; saysWriter: boolean };

function dayKey(date: Date): string {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

function isSameAlbum(row: Row | undefined, post: ShownPost): row is Extract<Row, { kind: "posts" }> {
  return row?.kind === "posts" && post.grouped_id !== null && row.posts[0]?.grouped_id === post.grouped_id;
}

/// Of several posts of one writer the first one names them.
function isNewWriter(row: Row | undefined, post: ShownPost): boolean {
  return Boolean(post.writer) && (row?.kind !== "posts" || row.posts[0]?.writer !== post.writer);
}

/// `posts` oldest first. The posts of an album stand together.
export function rowsOf(posts: readonly ShownPost[]): Row[] {
  const rows: Row[] = [];
  let day = "";
  for (const post of posts) {
    const date = new Date(post.date);
    if (dayKey(date) !== day) {
      day = dayKey(date);
      rows.push({ kind: "day", key: `day ${day}`, date });
    }
    const last = rows.at(-1);
    const key = `post ${post.id}`;
    if (post.action !== null) rows.push({ kind: "service", key, posts: [post] });
    else if (isSameAlbum(last, post)) last.posts.push(post);
    else rows.push({ kind: "posts", key, posts: [post], saysWriter: isNewWriter(last, post) });
  }
  return rows;
}

/// Where a post stands; -1 if it does not.
export function placeOf(rows: readonly Row[], post: number): number {
  return rows.findIndex((row) => row.kind !== "day" && row.posts.some((one) => one.id === post));
}

/// The day of what stands at a place.
export function dayAt(rows: readonly Row[], place: number): Date | null {
  const row = rows[place];
  if (!row) return null;
  if (row.kind === "day") return row.date;
  return row.posts[0] ? new Date(row.posts[0].date) : null;
}

/// The line of the last day that begins before a moment; the first line if all of them begin later.
export function lastDayBefore(rows: readonly Row[], moment: Date): number {
  return rows.reduce((last, row, place) => (row.kind === "day" && row.date < moment ? place : last), 0);
}

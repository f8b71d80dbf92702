// Posts into what the list shows: days, albums, posts.

import type { Post } from "../../api/posts";

export type Row = { kind: "day"; key: string; date: Date } | { kind: "posts"; key: string; posts: Post[] };

function dayKey(date: Date): string {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/// `posts` oldest first. The posts of an album stand together.
export function rowsOf(posts: readonly Post[]): Row[] {
  const rows: Row[] = [];
  let day = "";
  for (const post of posts) {
    const date = new Date(post.date);
    if (dayKey(date) !== day) {
      day = dayKey(date);
      rows.push({ kind: "day", key: `day ${day}`, date });
    }
    const last = rows.at(-1);
    const album = last?.kind === "posts" ? last.posts[0]?.grouped_id : null;
    if (last?.kind === "posts" && post.grouped_id !== null && album === post.grouped_id) last.posts.push(post);
    else rows.push({ kind: "posts", key: `post ${post.id}`, posts: [post] });
  }
  return rows;
}

// Telegram's formatting: a text and marks with offsets and lengths in UTF-16 code units, which are JavaScript's own. Marks may overlap, so the
// text is cut at every border, and each piece knows all marks that cover it. Pieces are shown as texts, never as markup.

export interface Mark {
  type: string;
  offset: number;
  length: number;
  href?: string | undefined;
  language?: string | undefined;
}

export interface Piece {
  text: string;
  marks: Mark[];
}

/// A paragraph of its own (quotation, code), or the text between.
export interface Block {
  block: Mark | null;
  pieces: Piece[];
}

const BLOCKS = new Set(["pre", "blockquote"]);

function clipped(mark: Mark, length: number): Mark | null {
  const from = Math.max(0, Math.min(length, Math.trunc(mark.offset)));
  const to = Math.max(from, Math.min(length, Math.trunc(mark.offset + mark.length)));
  return to > from ? { ...mark, offset: from, length: to - from } : null;
}

function piecesOf(text: string, from: number, to: number, marks: readonly Mark[]): Piece[] {
  const borders = new Set([from, to]);
  for (const mark of marks) {
    for (const place of [mark.offset, mark.offset + mark.length]) if (place > from && place < to) borders.add(place);
  }
  const places = [...borders].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (const [index, start] of places.entries()) {
    const end = places[index + 1];
    if (end === undefined) break;
    const covering = marks.filter((mark) => mark.offset <= start && mark.offset + mark.length >= end);
    pieces.push({ text: text.slice(start, end), marks: covering });
  }
  return pieces;
}

export function blocksOf(text: string, given: readonly Mark[]): Block[] {
  const marks = given.map((mark) => clipped(mark, text.length)).filter((mark) => mark !== null);
  const inline = marks.filter((mark) => !BLOCKS.has(mark.type));
  const own = marks.filter((mark) => BLOCKS.has(mark.type)).sort((a, b) => a.offset - b.offset);
  const blocks: Block[] = [];
  let place = 0;
  for (const block of own) {
    // One inside of another, or over its border: the first one counts.
    if (block.offset < place) continue;
    if (block.offset > place) blocks.push({ block: null, pieces: piecesOf(text, place, block.offset, inline) });
    place = block.offset + block.length;
    blocks.push({ block, pieces: piecesOf(text, block.offset, place, inline) });
  }
  if (place < text.length) blocks.push({ block: null, pieces: piecesOf(text, place, text.length, inline) });
  return blocks;
}

const SAFE_SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/// An address that a click may go to, or nothing: javascript:, data: and their kind stay texts.
export function safeLink(address: string | undefined): string | null {
  if (!address) return null;
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  try {
    const url = new URL(whole);
    return SAFE_SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

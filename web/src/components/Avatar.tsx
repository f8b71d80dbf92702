// The first letters of a name on one of seven colours, as Telegram does for chats without a photo.

const COLOURS = 7;

function colourOf(id: string): number {
  const digits = id.replace(/\D/g, "");
  return Number(BigInt(digits || "0") % BigInt(COLOURS));
}

function initials(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? [];
  const letters = words.slice(0, 2).map((word) => [...word][0] ?? "");
  return letters.join("").toUpperCase() || "#";
}

export function Avatar({ id, title, size = 44 }: { id: string; title: string; size?: 32 | 40 | 44 | 48 }) {
  return (
    <span className={`avatar avatar-${size} avatar-colour-${colourOf(id)}`} aria-hidden="true">
      {initials(title)}
    </span>
  );
}

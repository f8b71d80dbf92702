// One look for all icons. They say nothing to screen readers: what they mean stands beside them or in a label.

import type { LucideIcon } from "lucide-react";

export function Icon({ of: Drawing, size = 18 }: { of: LucideIcon; size?: number }) {
  return <Drawing size={size} strokeWidth={1.9} aria-hidden="true" focusable="false" className="icon" />;
}

// The numbers of a channel's messages from the first to the newest, as a strip: what is known is filled, holes are gaps.

import { useTranslation } from "react-i18next";
import type { Channel } from "../../api/channels";
import { useFormats } from "../../components/Time";

/// A hole is seen even if it is a thousandth of the channel.
const LEAST_WIDTH = 0.6;

export function Strip({ completeness }: { completeness: Channel["completeness"] }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const all = completeness.newest_id ?? 0;
  const text = completeness.complete
    ? t("info.complete")
    : t("info.holes", { count: completeness.missing_ids, ranges: completeness.holes.length });
  return (
    <figure className="strip">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={text}>
        <rect width="100" height="10" className={all === 0 ? "strip-base" : "strip-known"} />
        {all > 0 &&
          completeness.holes.map((hole) => {
            const from = ((hole.first - 1) / all) * 100;
            const width = Math.max(LEAST_WIDTH, ((hole.last - hole.first + 1) / all) * 100);
            return <rect key={hole.first} x={Math.min(from, 100 - LEAST_WIDTH)} width={width} height="10" className="strip-hole" />;
          })}
      </svg>
      <figcaption>
        <span>1</span>
        <span>{text}</span>
        <span>{formats.number.format(all)}</span>
      </figcaption>
    </figure>
  );
}

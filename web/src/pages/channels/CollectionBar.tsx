// How far the reading of a channel's history is, and how long it still takes.

import { Hourglass } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Label, ProgressBar } from "react-aria-components";
import type { Collection } from "../../api/channels";
import { Icon } from "../../components/Icon";
import { useFormats, type Formats } from "../../components/Time";

function minutesLeft(collection: Collection, missing: number): number | null {
  return collection.posts_per_second > 0 ? missing / collection.posts_per_second / 60 : null;
}

/// Seconds matter in a pause that is shorter.
const LONG_PAUSE_MS = 5 * 60_000;

/// The end of a pause, as exactly as one wants to know it.
function pauseEnd(until: Date, formats: Formats): string {
  const now = new Date();
  if (until.getTime() - now.getTime() < LONG_PAUSE_MS) return formats.clockExact.format(until);
  return (until.toDateString() === now.toDateString() ? formats.clock : formats.minute).format(until);
}

/// Always there, so that a screen reader says it when a pause begins; once, since its words stay the same.
function Pause({ until }: { until: string | null }) {
  const { t } = useTranslation();
  const formats = useFormats();
  // As exact as at its beginning.
  const words = useMemo(() => until !== null && t("collect.pause", { time: pauseEnd(new Date(until), formats) }), [until, formats, t]);
  return (
    <div role="status">
      {words && (
        <span className="progress-pause">
          <Icon of={Hourglass} size={14} />
          {words}
        </span>
      )}
    </div>
  );
}

export function CollectionBar({ collection }: { collection: Collection | undefined }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const known = collection?.completeness.known_ids ?? 0;
  const missing = collection?.completeness.missing_ids ?? 0;
  const all = known + missing;
  const share = all > 0 ? known / all : 0;
  const pause = collection?.waiting_until ?? null;
  // While it waits its speed says nothing.
  const left = collection && pause === null ? minutesLeft(collection, missing) : null;
  return (
    <div className="progress">
      <ProgressBar className="progress-bar" value={share * 100} isIndeterminate={all === 0}>
        {({ percentage }) => (
          <>
            <span className="progress-line">
              <Label>{t("collect.running")}</Label>
              <span className="quiet">
                {t("collect.added", { count: collection?.posts_added ?? 0 })}
                {all > 0 && ` · ${formats.percent.format(share)}`}
                {left !== null && missing > 0 && ` · ${left < 1 ? t("collect.soon") : t("collect.minutes", { count: Math.ceil(left) })}`}
              </span>
            </span>
            <svg className="progress-track" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect width="100" height="4" className="strip-base" />
              <rect width={percentage ?? 100} height="4" className={percentage === undefined ? "strip-known strip-waits" : "strip-known"} />
            </svg>
          </>
        )}
      </ProgressBar>
      <Pause until={pause} />
    </div>
  );
}

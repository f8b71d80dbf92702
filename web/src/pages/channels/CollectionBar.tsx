// How far the reading of a channel's history is, and how long it still takes.

import { useTranslation } from "react-i18next";
import { Label, ProgressBar } from "react-aria-components";
import type { Collection } from "../../api/channels";
import { useFormats } from "../../components/Time";

function minutesLeft(collection: Collection, missing: number): number | null {
  return collection.posts_per_second > 0 ? missing / collection.posts_per_second / 60 : null;
}

export function CollectionBar({ collection }: { collection: Collection | undefined }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const known = collection?.completeness.known_ids ?? 0;
  const missing = collection?.completeness.missing_ids ?? 0;
  const all = known + missing;
  const share = all > 0 ? known / all : 0;
  const left = collection ? minutesLeft(collection, missing) : null;
  return (
    <ProgressBar className="progress" value={share * 100} isIndeterminate={all === 0}>
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
  );
}

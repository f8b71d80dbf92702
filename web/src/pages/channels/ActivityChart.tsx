// How many messages were written each day, as bars.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useActivity, type Channel } from "../../api/channels";
import { Segments } from "../../components/Choice";
import { ErrorNote } from "../../components/States";
import { dayOf, useFormats } from "../../components/Time";

const SPANS = ["30", "90", "365"] as const;
type Span = (typeof SPANS)[number];

const HEIGHT = 40;
/// A day with one message is seen beside one with a thousand.
const LEAST_HEIGHT = 1.5;
/// Of a day; the rest is the space to the next one.
const BAR = 0.75;

export function ActivityChart({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [span, setSpan] = useState<Span>("30");
  const activity = useActivity(channel, Number(span));
  const days = activity.data?.days ?? [];
  const counts = days.map((day) => day.messages);
  const most = Math.max(0, ...counts);
  const sum = counts.reduce((all, count) => all + count, 0);
  const [first, last] = [days[0], days.at(-1)];
  const words = t("info.activity_sum", { count: sum, most: formats.number.format(most) });
  return (
    <section className="activity" aria-label={t("info.activity")}>
      <div className="activity-head">
        <h3>{t("info.activity")}</h3>
        <Segments
          label={t("info.activity_span")}
          options={SPANS.map((value) => ({ value, label: t("info.days", { count: Number(value) }) }))}
          value={span}
          onChange={setSpan}
        />
      </div>
      {activity.error ? (
        <ErrorNote error={activity.error} />
      ) : (
        <figure className="strip">
          <svg
            className="activity-bars"
            viewBox={`0 0 ${Math.max(1, days.length)} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={words}
            aria-busy={activity.isPending}
          >
            {days.map((day, index) => {
              const height = day.messages === 0 ? 0 : Math.max(LEAST_HEIGHT, (day.messages / most) * HEIGHT);
              return (
                <rect key={day.day} x={index + (1 - BAR) / 2} y={HEIGHT - height} width={BAR} height={height} className="strip-known">
                  <title>{`${formats.dayAndYear.format(dayOf(day.day))}: ${formats.number.format(day.messages)}`}</title>
                </rect>
              );
            })}
          </svg>
          <figcaption>
            <span>{first && formats.short.format(dayOf(first.day))}</span>
            <span>{activity.data && words}</span>
            <span>{last && formats.short.format(dayOf(last.day))}</span>
          </figcaption>
        </figure>
      )}
    </section>
  );
}

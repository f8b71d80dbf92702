// What happens, as it happens.

import { Activity, Pause, Play } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EVENT_TYPES, keyOfEvent, useLinkState, useLiveEvents, type EventType, type LiveEvent } from "../../app/live";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Page } from "../../components/Page";
import { Empty } from "../../components/States";
import { useFormats } from "../../components/Time";

/// Older ones are let go.
const MOST_SHOWN = 300;
const ALL = "all";

const KIND: Record<EventType, string> = {
  "message.new": "good",
  "message.edited": "plain",
  "message.deleted": "bad",
  "channel.updated": "plain",
  "account.state": "warning",
  "hole.opened": "warning",
  "hole.closed": "good",
};

function word(event: LiveEvent, name: string): string {
  const value = event.data[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function Words({ event }: { event: LiveEvent }) {
  const { t } = useTranslation();
  switch (event.type) {
    case "message.new":
    case "message.edited":
    case "message.deleted":
      return <>{word(event, "text") || t("events.message", { number: word(event, "id") })}</>;
    case "hole.opened":
    case "hole.closed":
      return <>{t("events.numbers", { first: word(event, "first"), last: word(event, "last") })}</>;
    case "account.state":
      return <>{[word(event, "account"), word(event, "state"), word(event, "reason")].filter(Boolean).join(" · ")}</>;
    case "channel.updated":
      return <>{word(event, "title")}</>;
  }
}

function EventRow({ event }: { event: LiveEvent }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const channel = word(event, "channel_id");
  const name = word(event, "channel");
  return (
    <li className="event">
      <span className="event-head">
        <span className={`tag tag-${KIND[event.type]}`}>{t(`events.type_${keyOfEvent(event.type)}`)}</span>
        {channel !== "" && <Link href={`/channels/${channel}`}>{name ? `@${name}` : channel}</Link>}
        <span className="event-end small quiet">
          <time dateTime={event.at}>{formats.exact.format(new Date(event.at))}</time> · {event.number}
        </span>
      </span>
      <span className="event-text">
        <Words event={event} />
      </span>
    </li>
  );
}

export function Events() {
  const { t } = useTranslation();
  const link = useLinkState();
  const [events, setEvents] = useState<readonly LiveEvent[]>([]);
  const [type, setType] = useState<EventType | typeof ALL>(ALL);
  const [isPaused, setIsPaused] = useState(false);

  useLiveEvents((event) => {
    if (!isPaused) setEvents((known) => [event, ...known].slice(0, MOST_SHOWN));
  });
  const shown = events.filter((event) => type === ALL || event.type === type);

  return (
    <Page
      title={t("events.title")}
      actions={
        <Button icon={isPaused ? Play : Pause} onPress={() => setIsPaused(!isPaused)}>
          {t(isPaused ? "events.go_on" : "events.pause")}
        </Button>
      }
    >
      <div className="event-bar">
        <span className={`status status-${link === "open" ? "connected" : "connecting"}`} role="status">
          {t(isPaused ? "events.paused" : `events.link_${link}`)}
        </span>
        <Choice
          label={t("events.filter")}
          hideLabel
          options={[
            { value: ALL, label: t("events.all_types") },
            ...EVENT_TYPES.map((value) => ({ value, label: t(`events.type_${keyOfEvent(value)}`) })),
          ]}
          value={type}
          onChange={setType}
        />
      </div>
      {shown.length === 0 ? (
        <Empty icon={Activity} title={t("events.empty")} text={t("events.empty_text")} />
      ) : (
        <ol className="events" aria-label={t("events.title")}>
          {shown.map((event) => (
            <EventRow key={event.number} event={event} />
          ))}
        </ol>
      )}
    </Page>
  );
}

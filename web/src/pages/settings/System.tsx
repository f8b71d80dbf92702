// Whether everything works, what does not, and what each account is doing.

import { useQuery } from "@tanstack/react-query";
import { CheckCircle2, TriangleAlert } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useVersion } from "../../api/access";
import { nameOfAccount, useAccounts, type Account } from "../../api/accounts";
import { useChannels } from "../../api/channels";
import { useMetrics, type Metrics } from "../../api/metrics";
import { problemOf } from "../../api/problem";
import { useUser } from "../../app/session";
import { ListCard, RowDetail, RowWords } from "../../components/ListCard";
import { Card } from "../../components/Page";
import { sizeText } from "../../components/size";
import { ErrorState, Loading, Note } from "../../components/States";
import { Ago, useFormats } from "../../components/Time";

interface Readiness {
  status: "ready" | "not_ready";
  not_ready: string[];
}

/// 503 is an answer here: it says what is not ready.
async function fetchReadiness(): Promise<Readiness> {
  const answer = await fetch("/readyz");
  if (!answer.ok && answer.status !== 503) throw problemOf(new Error(answer.statusText));
  return (await answer.json()) as Readiness;
}

function Ready() {
  const { t } = useTranslation();
  const readiness = useQuery({ queryKey: ["readyz"], queryFn: fetchReadiness, refetchInterval: 5000 });
  if (readiness.isPending) return <Loading />;
  if (readiness.error) return <ErrorState error={readiness.error} onRetry={() => void readiness.refetch()} />;
  if (readiness.data.status === "ready")
    return (
      <Note kind="good" icon={CheckCircle2}>
        {t("system.ready")}
      </Note>
    );
  return (
    <Note kind="warning" icon={TriangleAlert}>
      <strong>{t("system.not_ready")}</strong>
      <ul className="bullets">
        {readiness.data.not_ready.map((what) => (
          <li key={what}>{what}</li>
        ))}
      </ul>
    </Note>
  );
}

function Connection({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { state } = account;
  return (
    <>
      <RowWords title={nameOfAccount(account)}>
        <RowDetail>
          {t("accounts.channels", { count: state.channels })} · {t(state.caught_up ? "accounts.caught_up" : "accounts.catching_up")}
        </RowDetail>
        {state.last_error !== null && <span className="small">{state.last_error}</span>}
      </RowWords>
      <span className="row-end">
        <span className={`status status-${state.status}`}>{t(`accounts.status_${state.status}`)}</span>
        {state.since !== null && (
          <RowDetail>
            <Ago at={state.since} />
          </RowDetail>
        )}
      </span>
    </>
  );
}

function Connections() {
  const { t } = useTranslation();
  const accounts = useAccounts();
  return (
    <ListCard title={t("system.connections")} list={accounts} keyOf={(account) => account.id} empty={{ title: t("accounts.empty") }}>
      {(account) => <Connection account={account} />}
    </ListCard>
  );
}

function Figures() {
  const { t } = useTranslation();
  const formats = useFormats();
  const channels = useChannels();
  const version = useVersion();
  if (channels.isPending) return <Loading />;
  if (channels.error && !channels.data) return <ErrorState error={channels.error} onRetry={() => void channels.refetch()} />;
  const all = channels.data ?? [];
  const sum = (count: (channel: (typeof all)[number]) => number) => all.reduce((total, channel) => total + count(channel), 0);
  return (
    <dl className="facts">
      <dt>{t("channels.title")}</dt>
      <dd>{formats.number.format(all.length)}</dd>
      <dt>{t("info.stored")}</dt>
      <dd>{formats.number.format(sum((channel) => channel.completeness.messages))}</dd>
      <dt>{t("info.deleted")}</dt>
      <dd>{formats.number.format(sum((channel) => channel.completeness.deleted))}</dd>
      <dt>{t("system.missing")}</dt>
      <dd>{formats.number.format(sum((channel) => channel.completeness.missing_ids))}</dd>
      <dt>{t("system.version")}</dt>
      <dd>{version.data?.version ?? "–"}</dd>
    </dl>
  );
}

/// Names of figures, and how they are called.
const RATES = { ledgram_messages_committed: "rate_messages", ledgram_telegram_calls_total: "rate_calls" } as const;
const VALUES = {
  ledgram_queue_jobs: "jobs",
  ledgram_commit_waiting_rows: "rows",
  ledgram_search_behind: "behind",
  ledgram_holes: "holes",
  ledgram_event_streams: "streams",
  ledgram_http_connections: "connections_open",
  ledgram_log_lines_held_total: "lines_held",
} as const;
const STORAGE = {
  'ledgram_storage_bytes{part="ledger"}': "storage_ledger",
  'ledgram_storage_bytes{part="journal"}': "storage_journal",
  'ledgram_storage_bytes{part="search"}': "storage_search",
  'ledgram_storage_bytes{part="media"}': "storage_media",
  ledgram_storage_bytes: "storage_sum",
} as const;

function Work({ metrics: { rate, value } }: { metrics: Metrics }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const shownRate = (name: string) => {
    const now = rate(name);
    return now === null ? "–" : formats.compact.format(now);
  };
  return (
    <dl className="facts">
      {Object.entries(RATES).map(([name, key]) => (
        <Fragment key={name}>
          <dt>{t(`system.${key}`)}</dt>
          <dd>{shownRate(name)}</dd>
        </Fragment>
      ))}
      {Object.entries(VALUES).map(([name, key]) => (
        <Fragment key={name}>
          <dt>{t(`system.${key}`)}</dt>
          <dd>{formats.number.format(value(name))}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function Storage({ metrics: { value } }: { metrics: Metrics }) {
  const { t, i18n } = useTranslation();
  return (
    <dl className="facts">
      {Object.entries(STORAGE).map(([name, key]) => (
        <Fragment key={name}>
          <dt>{t(`system.${key}`)}</dt>
          <dd>{sizeText(value(name), i18n.language)}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function Server() {
  const { t } = useTranslation();
  const metrics = useMetrics();
  const { data } = metrics;
  const shown = (content: (metrics: Metrics) => ReactNode) => {
    if (data) return content(data);
    return metrics.isPending ? <Loading /> : <ErrorState error={metrics.error} onRetry={() => void metrics.refetch()} />;
  };
  return (
    <>
      <Card title={t("system.work")}>{shown((metrics) => <Work metrics={metrics} />)}</Card>
      <Card title={t("system.storage")}>{shown((metrics) => <Storage metrics={metrics} />)}</Card>
    </>
  );
}

export function System() {
  const { t } = useTranslation();
  const isAdmin = useUser().role === "admin";
  return (
    <>
      <Card title={t("system.state")}>
        <Ready />
      </Card>
      <Connections />
      {isAdmin && <Server />}
      <Card title={t("system.figures")}>
        <Figures />
      </Card>
    </>
  );
}

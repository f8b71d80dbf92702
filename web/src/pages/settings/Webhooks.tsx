// Webhooks: where events are sent to, how that goes, and what can be done when it does not.

import { CheckCircle2, History, KeyRound, Pause, Pencil, Play, Send, Trash2, TriangleAlert, Webhook as Drawing } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  usePauseWebhook,
  useRemoveWebhook,
  useResumeWebhook,
  useTestWebhook,
  useWebhooks,
  type Webhook,
  type WebhookTest,
} from "../../api/webhooks";
import { keyOfEvent } from "../../app/live";
import { useMayWrite } from "../../app/session";
import { Button } from "../../components/Button";
import { ListCard, RowDetail, RowWords } from "../../components/ListCard";
import { Menu } from "../../components/Menu";
import { ErrorNote, Note } from "../../components/States";
import { Ago, useFormats } from "../../components/Time";
import { EditWebhook, nameOfWebhook, NewWebhook, RenewSecret, ReplayWebhook } from "./WebhookDialogs";

/// How it stands, in one word. The server's "active" says only that nobody has stopped it.
type Standing = "delivering" | "failing" | "paused" | "failed";

const LOOK: Record<Standing, string> = { delivering: "good", failing: "warning", paused: "plain", failed: "bad" };

function standingOf(webhook: Webhook): Standing {
  if (webhook.state !== "active") return webhook.state;
  return webhook.attempts > 0 ? "failing" : "delivering";
}

/// Why it does not deliver, since when, and when it is tried next.
function Trouble({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  if (webhook.failing_since === null) return null;
  return (
    <span className="small webhook-trouble">
      {webhook.last_error?.message}
      <span>
        {t("webhooks.since")} <Ago at={webhook.failing_since} /> · {t("webhooks.attempts", { count: webhook.attempts })}
      </span>
      {webhook.next_try !== null && webhook.state === "active" && (
        <span>
          {t("webhooks.next_try")} <Ago at={webhook.next_try} />
        </span>
      )}
    </span>
  );
}

function Facts({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const types = webhook.types.length === 0 ? t("events.all_types") : webhook.types.map((type) => t(`events.type_${keyOfEvent(type)}`)).join(", ");
  const waiting = Math.max(0, webhook.last_event - webhook.position);
  const facts = [
    webhook.name ? webhook.url : null,
    types,
    webhook.channels.length > 0 ? t("webhooks.channels", { count: webhook.channels.length }) : null,
    t("webhooks.delivered", { count: webhook.delivered }),
    waiting > 0 && webhook.state !== "active" ? t("webhooks.waiting", { last: formats.number.format(webhook.last_event), position: formats.number.format(webhook.position) }) : null,
  ];
  return <RowDetail>{facts.filter((fact) => fact !== null).join(" · ")}</RowDetail>;
}

function TestResult({ result }: { result: WebhookTest }) {
  const { t } = useTranslation();
  return (
    <Note kind={result.accepted ? "good" : "warning"} icon={result.accepted ? CheckCircle2 : TriangleAlert}>
      {result.accepted ? t("webhooks.test_good", { status: result.status, ms: result.took_ms }) : t("webhooks.test_bad", { error: result.error })}
    </Note>
  );
}

type Asked = "edit" | "replay" | "renew";
const DIALOGS = { edit: EditWebhook, replay: ReplayWebhook, renew: RenewSecret } as const;

function WebhookRow({ webhook, onRemove }: { webhook: Webhook; onRemove: () => void }) {
  const { t } = useTranslation();
  const mayWrite = useMayWrite();
  const test = useTestWebhook();
  const pause = usePauseWebhook();
  const resume = useResumeWebhook();
  const [asked, setAsked] = useState<Asked | null>(null);
  const name = nameOfWebhook(webhook);
  const standing = standingOf(webhook);
  // What a test said counts until the state changes.
  const { reset } = test;
  useEffect(() => reset(), [standing, reset]);
  const failure = test.error ?? pause.error ?? resume.error;
  const Asking = asked && DIALOGS[asked];
  // One that is paused goes on; one that fails is tried at once, without waiting for its next time.
  const goesOn = standing !== "delivering";
  return (
    <div className="webhook">
      <RowWords
        title={
          <>
            {name} <span className={`tag tag-${LOOK[standing]}`}>{t(`webhooks.state_${standing}`)}</span>
          </>
        }
      >
        <Facts webhook={webhook} />
        <Trouble webhook={webhook} />
      </RowWords>
      {mayWrite && (
        <span className="row-actions">
          <Button look="quiet" icon={Send} isPending={test.isPending} onPress={() => test.mutate(webhook.id)} aria-label={`${t("webhooks.test")}: ${name}`}>
            {t("webhooks.test")}
          </Button>
          {goesOn ? (
            <Button look="quiet" icon={Play} isPending={resume.isPending} onPress={() => resume.mutate(webhook.id)} aria-label={`${t("webhooks.resume")}: ${name}`}>
              {t("webhooks.resume")}
            </Button>
          ) : (
            <Button look="quiet" icon={Pause} isPending={pause.isPending} onPress={() => pause.mutate(webhook.id)} aria-label={`${t("webhooks.pause")}: ${name}`}>
              {t("webhooks.pause")}
            </Button>
          )}
          <Menu
            label={`${t("webhooks.more")}: ${name}`}
            actions={[
              { label: t("webhooks.edit"), icon: Pencil, run: () => setAsked("edit") },
              ...(goesOn && webhook.state === "active" ? [{ label: t("webhooks.pause"), icon: Pause, run: () => pause.mutate(webhook.id) }] : []),
              { label: t("webhooks.replay"), icon: History, run: () => setAsked("replay") },
              { label: t("webhooks.renew"), icon: KeyRound, run: () => setAsked("renew") },
              { label: t("webhooks.remove"), icon: Trash2, run: onRemove, isDangerous: true },
            ]}
          />
        </span>
      )}
      {failure && <ErrorNote error={failure} />}
      {test.data && <TestResult result={test.data} />}
      {Asking && <Asking webhook={webhook} onClose={() => setAsked(null)} />}
    </div>
  );
}

export function Webhooks() {
  const { t } = useTranslation();
  const webhooks = useWebhooks();
  const remove = useRemoveWebhook();
  const mayWrite = useMayWrite();
  return (
    <ListCard
      title={t("settings.webhooks")}
      text={t("webhooks.text")}
      list={webhooks}
      keyOf={(webhook) => webhook.id}
      empty={{ icon: Drawing, title: t("webhooks.empty"), text: t("webhooks.empty_text") }}
      {...(mayWrite ? { add: { label: t("webhooks.add"), dialog: (close: () => void) => <NewWebhook onClose={close} /> } } : {})}
      failure={remove.error}
      removal={{
        action: t("webhooks.remove"),
        question: (webhook) => t("webhooks.remove_question", { name: nameOfWebhook(webhook) }),
        text: t("webhooks.remove_text"),
        isBusy: remove.isPending,
        run: (webhook, done) => remove.mutate(webhook.id, { onSettled: done }),
      }}
    >
      {(webhook, ask) => <WebhookRow webhook={webhook} onRemove={ask} />}
    </ListCard>
  );
}

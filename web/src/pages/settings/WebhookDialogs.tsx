// What is asked about a webhook: where it goes and what it gets, and from which event on it is to deliver again.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeWebhook, useMakeWebhook, useRenewWebhookSecret, useReplayWebhook, type Webhook } from "../../api/webhooks";
import { EVENT_TYPES, keyOfEvent, type EventType } from "../../app/live";
import { Button } from "../../components/Button";
import { ALL_CHANNELS, ChannelChoice } from "../../components/ChannelChoice";
import { Checks } from "../../components/Choice";
import { Copy } from "../../components/Copy";
import { Dialog } from "../../components/Dialog";
import { DialogForm, ShownOnce } from "../../components/DialogForm";
import { Field } from "../../components/Field";
import { ErrorNote } from "../../components/States";

export function nameOfWebhook(webhook: Webhook): string {
  return webhook.name || webhook.url;
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <ShownOnce title={t("webhooks.secret")} text={t("webhooks.shown_once")} onClose={onClose}>
      <Copy label={t("webhooks.secret")} text={secret} />
    </ShownOnce>
  );
}

interface Draft {
  url: string;
  name: string;
  types: readonly EventType[];
}

function DraftFields({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Field label={t("webhooks.url")} hint={t("webhooks.url_hint")} type="url" placeholder="https://" value={draft.url} onChange={(url) => onChange({ ...draft, url })} isRequired autoFocus autoComplete="off" />
      <Field label={t("webhooks.name")} value={draft.name} onChange={(name) => onChange({ ...draft, name })} maxLength={100} autoComplete="off" />
      <Checks
        label={t("webhooks.types")}
        hint={t("webhooks.types_hint")}
        options={EVENT_TYPES.map((value) => ({ value, label: t(`events.type_${keyOfEvent(value)}`) }))}
        value={draft.types}
        onChange={(types) => onChange({ ...draft, types })}
      />
    </>
  );
}

const bodyOf = (draft: Draft) => ({ url: draft.url.trim(), name: draft.name.trim(), types: [...draft.types] });

export function NewWebhook({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const make = useMakeWebhook();
  const [draft, setDraft] = useState<Draft>({ url: "", name: "", types: ["message.new"] });
  const [channel, setChannel] = useState(ALL_CHANNELS);
  if (make.data) return <Secret secret={make.data.secret} onClose={onClose} />;
  return (
    <DialogForm
      title={t("webhooks.add")}
      submit={t("webhooks.add")}
      isBusy={make.isPending}
      error={make.error}
      onClose={onClose}
      onSubmit={() => make.mutate({ ...bodyOf(draft), ...(channel === ALL_CHANNELS ? {} : { channels: [channel] }) })}
    >
      <DraftFields draft={draft} onChange={setDraft} />
      <ChannelChoice value={channel} onChange={setChannel} />
    </DialogForm>
  );
}

export function EditWebhook({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeWebhook();
  const [draft, setDraft] = useState<Draft>(webhook);
  return (
    <DialogForm
      title={nameOfWebhook(webhook)}
      submit={t("common.save")}
      isBusy={change.isPending}
      error={change.error}
      onClose={onClose}
      onSubmit={() => change.mutate({ webhook: webhook.id, change: bodyOf(draft) }, { onSuccess: onClose })}
    >
      <DraftFields draft={draft} onChange={setDraft} />
    </DialogForm>
  );
}

export function ReplayWebhook({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation();
  const replay = useReplayWebhook();
  const [from, setFrom] = useState("");
  return (
    <DialogForm
      title={t("webhooks.replay")}
      submit={t("webhooks.replay_action")}
      isBusy={replay.isPending}
      error={replay.error}
      onClose={onClose}
      onSubmit={() => replay.mutate({ webhook: webhook.id, from: Number(from) }, { onSuccess: onClose })}
    >
      <p>{t("webhooks.replay_text", { position: webhook.position, last: webhook.last_event })}</p>
      <Field label={t("webhooks.from")} inputMode="numeric" pattern="[1-9][0-9]{0,14}" value={from} onChange={setFrom} isRequired autoFocus autoComplete="off" />
    </DialogForm>
  );
}

export function RenewSecret({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation();
  const renew = useRenewWebhookSecret();
  if (renew.data) return <Secret secret={renew.data.secret} onClose={onClose} />;
  return (
    <Dialog title={t("webhooks.renew_question")} isOpen onClose={onClose} role="alertdialog">
      <p>{t("webhooks.renew_text")}</p>
      {renew.error && <ErrorNote error={renew.error} />}
      <div className="actions">
        <Button look="quiet" onPress={onClose} autoFocus>
          {t("common.cancel")}
        </Button>
        <Button look="main" isPending={renew.isPending} onPress={() => renew.mutate(webhook.id)}>
          {t("webhooks.renew")}
        </Button>
      </div>
    </Dialog>
  );
}

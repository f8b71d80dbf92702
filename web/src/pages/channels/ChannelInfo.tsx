// What is known of a channel, and what can be done with it.

import { Download, ExternalLink, UserMinus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { nameOfAccount, useAccounts } from "../../api/accounts";
import { useCollectNow, useUnfollowChannel, type Channel, type Collection } from "../../api/channels";
import { useMayWrite } from "../../app/session";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Confirm, Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { ErrorNote } from "../../components/States";
import { Ago, useFormats } from "../../components/Time";
import { ActivityChart } from "./ActivityChart";
import { Strip } from "./Strip";

export function ChannelInfo({
  channel,
  collection,
  onClose,
}: {
  channel: Channel;
  collection: Collection | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [, navigate] = useLocation();
  const mayWrite = useMayWrite();
  const accounts = useAccounts();
  const collect = useCollectNow();
  const unfollow = useUnfollowChannel();
  const [asks, setAsks] = useState(false);
  const account = accounts.data?.find((one) => one.id === channel.account);
  const { completeness } = channel;
  const failure = collect.error ?? unfollow.error;

  return (
    <Dialog title={t("info.title")} isOpen onClose={onClose}>
      <div className="info-head">
        <Avatar id={channel.id} title={channel.title} size={48} />
        <div>
          <h3>{channel.title}</h3>
          {channel.username !== null && (
            <a href={`https://t.me/${encodeURIComponent(channel.username)}`} target="_blank" rel="noopener noreferrer">
              @{channel.username} <Icon of={ExternalLink} size={13} />
            </a>
          )}
        </div>
      </div>
      <Strip completeness={completeness} />
      <ActivityChart channel={channel} />
      <dl className="facts">
        <dt>{t("info.stored")}</dt>
        <dd>{formats.number.format(completeness.messages)}</dd>
        <dt>{t("info.deleted")}</dt>
        <dd>{formats.number.format(completeness.deleted)}</dd>
        <dt>{t("info.kind")}</dt>
        <dd>{t(`info.kind_${channel.kind}`)}</dd>
        <dt>{t("info.account")}</dt>
        <dd>{account ? nameOfAccount(account) : t("info.no_account")}</dd>
        <dt>{t("info.last_collect")}</dt>
        <dd>{channel.last_collect === null ? t("info.never") : <Ago at={channel.last_collect} />}</dd>
        {collection?.problem != null && (
          <>
            <dt>{t("info.problem")}</dt>
            <dd>{collection.problem}</dd>
          </>
        )}
      </dl>
      {failure && <ErrorNote error={failure} />}
      {mayWrite && (
        <div className="actions">
          <Button look="quiet" icon={UserMinus} onPress={() => setAsks(true)}>
            {t("info.unfollow")}
          </Button>
          <Button icon={Download} isPending={collect.isPending || channel.collecting} onPress={() => collect.mutate(channel.id)}>
            {t("info.collect")}
          </Button>
        </div>
      )}
      {asks && (
        <Confirm
          title={t("info.unfollow_question", { title: channel.title })}
          text={t("info.unfollow_text")}
          action={t("info.unfollow")}
          isOpen
          isBusy={unfollow.isPending}
          onClose={() => setAsks(false)}
          onConfirm={() =>
            unfollow.mutate(channel.id, {
              onSuccess: () => navigate("/channels"),
              onError: () => setAsks(false),
            })
          }
        />
      )}
    </Dialog>
  );
}

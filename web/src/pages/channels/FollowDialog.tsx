// Following a channel: its name, and which account reads it.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "react-aria-components";
import { Link, useLocation } from "wouter";
import { nameOfAccount, useAccounts } from "../../api/accounts";
import { useFollowChannel } from "../../api/channels";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { ErrorNote, ErrorState, Loading } from "../../components/States";

interface FollowDialogProps {
  /// What to begin with, where a channel is at hand already.
  channel?: string;
  account?: number;
  onClose: () => void;
}

export function FollowDialog({ channel = "", account: reader, onClose }: FollowDialogProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const accounts = useAccounts();
  const follow = useFollowChannel();
  const [name, setName] = useState(channel);
  const [chosen, setChosen] = useState<string | null>(reader === undefined ? null : String(reader));

  const usable = accounts.data?.filter((account) => account.state.status !== "needs_login" && account.kind === "user") ?? [];
  const account = chosen ?? (usable[0] ? String(usable[0].id) : null);

  return (
    <Dialog title={t("follow.title")} isOpen onClose={onClose}>
      {accounts.isPending && <Loading />}
      {accounts.error && !accounts.data && <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />}
      {accounts.data && account === null && (
        <>
          <p>{t("follow.no_account")}</p>
          <div className="actions">
            <Link href="/accounts" className="button button-main">
              {t("channels.to_accounts")}
            </Link>
          </div>
        </>
      )}
      {account !== null && (
        <Form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            follow.mutate(
              { channel: name.trim(), account: Number(account) },
              {
                onSuccess: (followed) => {
                  onClose();
                  navigate(`/channels/${followed.id}`);
                },
              },
            );
          }}
        >
          <Field label={t("follow.name")} hint={t("follow.hint")} placeholder="@name" value={name} onChange={setName} isRequired autoFocus autoComplete="off" />
          {usable.length > 1 && (
            <Choice
              label={t("follow.account")}
              options={usable.map((one) => ({ value: String(one.id), label: nameOfAccount(one) }))}
              value={account}
              onChange={setChosen}
            />
          )}
          {follow.error && <ErrorNote error={follow.error} />}
          <div className="actions">
            <Button look="quiet" onPress={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" look="main" isPending={follow.isPending}>
              {t("channels.follow")}
            </Button>
          </div>
        </Form>
      )}
    </Dialog>
  );
}

// One's own password, second factor, sessions, and how the app looks.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound, LogOut, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "react-aria-components";
import { useEndSession, useSessions } from "../../api/access";
import { api, bodyOf } from "../../api/client";
import { Appearance } from "../../app/Appearance";
import { ME, useSignOut, useUser } from "../../app/session";
import { Button } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { Field } from "../../components/Field";
import { ListCard, RowDetail, RowWords } from "../../components/ListCard";
import { Card } from "../../components/Page";
import { ErrorNote, Note } from "../../components/States";
import { Ago } from "../../components/Time";

function PasswordForm() {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const [wanted, setWanted] = useState("");
  const change = useMutation({
    mutationFn: () => api.POST("/api/v1/auth/password", { body: { current, new: wanted } }),
    onSuccess: () => {
      setCurrent("");
      setWanted("");
    },
  });
  return (
    <Form
      className="form form-narrow"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <Field label={t("profile.current_password")} type="password" autoComplete="current-password" value={current} onChange={setCurrent} isRequired />
      <Field label={t("profile.new_password")} type="password" autoComplete="new-password" minLength={10} value={wanted} onChange={setWanted} isRequired hint={t("auth.password_hint", { count: 10 })} />
      {change.error && <ErrorNote error={change.error} />}
      {change.isSuccess && (
        <Note kind="good" icon={KeyRound}>
          {t("profile.password_changed")}
        </Note>
      )}
      <div className="actions">
        <Button type="submit" look="main" isPending={change.isPending}>
          {t("profile.change_password")}
        </Button>
      </div>
    </Form>
  );
}

/// Two steps, so that nobody is locked out by an app that did not take the secret.
function SecondFactor() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const user = useUser();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const refresh = () => {
    setPassword("");
    setCode("");
    return client.invalidateQueries({ queryKey: ME });
  };
  const begin = useMutation({ mutationFn: () => bodyOf(api.POST("/api/v1/auth/totp", { body: { password } })) });
  const confirm = useMutation({
    mutationFn: () => api.POST("/api/v1/auth/totp/confirm", { body: { code } }),
    onSuccess: () => {
      begin.reset();
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => api.POST("/api/v1/auth/totp/remove", { body: { password } }),
    onSuccess: refresh,
  });
  const act = user.totp ? remove : begin;

  if (begin.data)
    return (
      <Form
        className="form form-narrow"
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate();
        }}
      >
        <p>{t("profile.totp_enter")}</p>
        <Copy label={t("profile.totp_secret")} text={begin.data.secret} />
        <p>
          <a href={begin.data.uri}>{t("profile.totp_link")}</a>
        </p>
        <Field label={t("auth.totp")} inputMode="numeric" autoComplete="one-time-code" pattern="[0-9]{6}" value={code} onChange={setCode} isRequired autoFocus />
        {confirm.error && <ErrorNote error={confirm.error} />}
        <div className="actions">
          <Button look="quiet" onPress={() => begin.reset()}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" look="main" isPending={confirm.isPending}>
            {t("profile.totp_confirm")}
          </Button>
        </div>
      </Form>
    );
  return (
    <Form
      className="form form-narrow"
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate();
      }}
    >
      {user.totp ? (
        <Note kind="good" icon={ShieldCheck}>
          {t("profile.totp_on")}
        </Note>
      ) : (
        <p className="quiet">{t("profile.totp_off")}</p>
      )}
      <Field label={t("auth.password")} type="password" autoComplete="current-password" value={password} onChange={setPassword} isRequired />
      {act.error && <ErrorNote error={act.error} />}
      <div className="actions">
        <Button type="submit" look={user.totp ? "danger" : "main"} isPending={act.isPending}>
          {t(user.totp ? "profile.totp_remove" : "profile.totp_begin")}
        </Button>
      </div>
    </Form>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const sessions = useSessions();
  const end = useEndSession();
  return (
    <ListCard title={t("profile.sessions")} list={sessions} keyOf={(session) => session.id} failure={end.error}>
      {(session) => (
        <>
          <RowWords title={session.agent || t("profile.unknown_browser")}>
            <RowDetail>
              {session.address} · <Ago at={session.last_seen} />
            </RowDetail>
          </RowWords>
          {session.current ? (
            <span className="tag tag-good">{t("profile.this_session")}</span>
          ) : (
            <Button look="quiet" onPress={() => end.mutate(session.id)}>
              {t("profile.end_session")}
            </Button>
          )}
        </>
      )}
    </ListCard>
  );
}

export function Profile() {
  const { t } = useTranslation();
  const user = useUser();
  const signOut = useSignOut();
  return (
    <>
      <Card title={t("profile.appearance")}>
        <Appearance withLabels />
      </Card>
      <Card
        title={t("profile.user", { name: user.name, role: t(`users.role_${user.role}`) })}
        actions={
          <Button icon={LogOut} onPress={() => void signOut()}>
            {t("profile.sign_out")}
          </Button>
        }
      >
        <PasswordForm />
      </Card>
      <Card title={t("profile.totp")}>
        <SecondFactor />
      </Card>
      <Sessions />
    </>
  );
}

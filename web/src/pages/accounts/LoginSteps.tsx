// The single steps of a login to Telegram.

import type { UseMutationResult } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "react-aria-components";
import { loginSteps, type TelegramLogin } from "../../api/accounts";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";

export function AskFor({
  label,
  hint,
  action,
  type,
  autoComplete,
  isBusy,
  onAnswer,
}: {
  label: string;
  hint?: string | undefined;
  action: string;
  type: "tel" | "text" | "password" | "email";
  autoComplete: string;
  isBusy: boolean;
  onAnswer: (text: string) => void;
}) {
  const [text, setText] = useState("");
  return (
    <Form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer(text);
      }}
    >
      <Field label={label} hint={hint} type={type} autoComplete={autoComplete} value={text} onChange={setText} isRequired autoFocus />
      <div className="actions">
        <Button type="submit" look="main" isPending={isBusy}>
          {action}
        </Button>
      </div>
    </Form>
  );
}

/// The drawing comes from the server as SVG. As an image it can run nothing.
export function QrStep({ qr }: { qr: NonNullable<TelegramLogin["qr"]> }) {
  const { t } = useTranslation();
  return (
    <div className="qr">
      <img className="qr-image" src={`data:image/svg+xml,${encodeURIComponent(qr.svg)}`} alt={t("login.qr_alt")} width="220" height="220" />
      <ol className="qr-steps">
        <li>{t("login.qr_step_1")}</li>
        <li>{t("login.qr_step_2")}</li>
        <li>{t("login.qr_step_3")}</li>
      </ol>
      <p className="small quiet">{t("login.qr_refresh")}</p>
    </div>
  );
}

/// Seconds until then, counted down.
function useSecondsLeft(seconds: number): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const timer = window.setInterval(() => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000))), 500);
    return () => window.clearInterval(timer);
  }, [seconds]);
  return left;
}

export function CodeStep({
  login,
  step,
}: {
  login: TelegramLogin;
  step: UseMutationResult<TelegramLogin, Error, (account: number) => Promise<TelegramLogin>>;
}) {
  const { t, i18n } = useTranslation();
  const type = login.code?.type ?? "unknown";
  const left = useSecondsLeft(login.code?.resend_after ?? 0);
  const known = `login.code_${type}`;
  const text = i18n.exists(known) ? t(known as "login.code_app") : login.code?.description;
  return (
    <>
      <p>{text}</p>
      <AskFor
        label={t("login.code")}
        action={t("common.continue")}
        type="text"
        autoComplete="one-time-code"
        isBusy={step.isPending}
        onAnswer={(code) => step.mutate((account) => loginSteps.code(account, code))}
      />
      {login.code?.next_type && (
        <Button look="quiet" isDisabled={left > 0 || step.isPending} onPress={() => step.mutate(loginSteps.resend)}>
          {left > 0 ? t("login.resend_wait", { count: left }) : t("login.resend")}
        </Button>
      )}
    </>
  );
}

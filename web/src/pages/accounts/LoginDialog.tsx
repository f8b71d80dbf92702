// Logging an account in to Telegram: by QR code, by phone, or as a bot. The desk on the server leads; this shows where it stands.

import { useMutation } from "@tanstack/react-query";
import { Bot, CheckCircle2, QrCode, Smartphone } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import {
  isEnd,
  loginSteps,
  makeAccount,
  removeAccount,
  useForgetAccounts,
  waitForLogin,
  type Account,
  type TelegramLogin,
} from "../../api/accounts";
import { problemOf } from "../../api/problem";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { ErrorNote, Loading, Note } from "../../components/States";
import { AskFor, CodeStep, QrStep } from "./LoginSteps";

type Way = "qr" | "phone" | "bot";

const WAYS = [
  { way: "qr", icon: QrCode },
  { way: "phone", icon: Smartphone },
  { way: "bot", icon: Bot },
] as const;

/// After the connection to the server was lost.
const ASK_AGAIN_MS = 2000;
const pause = (milliseconds: number) => new Promise((resolve) => window.setTimeout(resolve, milliseconds));

/// Follows a login until it ends, by asking with a wait.
function useFollowedLogin(login: TelegramLogin | null, take: (login: TelegramLogin) => void, fail: (error: unknown) => void) {
  const account = login && !isEnd(login) ? login.account : null;
  const known = useRef(0);
  known.current = login?.revision ?? 0;
  const handlers = useRef({ take, fail });
  handlers.current = { take, fail };
  useEffect(() => {
    if (account === null) return undefined;
    const stop = new AbortController();
    const follow = async () => {
      while (!stop.signal.aborted) {
        const next = await waitForLogin(account, known.current, stop.signal).catch(async (error: unknown) => {
          if (problemOf(error).side !== "network") throw error;
          await pause(ASK_AGAIN_MS);
          return null;
        });
        if (stop.signal.aborted) return;
        if (!next) continue;
        if (next.revision > known.current) handlers.current.take(next);
        if (isEnd(next)) return;
      }
    };
    follow().catch((error: unknown) => {
      if (!stop.signal.aborted) handlers.current.fail(error);
    });
    return () => stop.abort();
  }, [account]);
}

export function LoginDialog({ account: given, onClose }: { account: Account | null; onClose: () => void }) {
  const { t } = useTranslation();
  const forget = useForgetAccounts();
  const [way, setWay] = useState<Way>("qr");
  const [login, setLogin] = useState<TelegramLogin | null>(null);
  const [lost, setLost] = useState<unknown>(null);
  // Made by this dialog, and taken away with it if nobody logs in.
  const made = useRef<number | null>(null);

  useFollowedLogin(login, setLogin, setLost);

  const step = useMutation({
    mutationFn: async (action: (account: number) => Promise<TelegramLogin>) => {
      setLost(null);
      if (!given && made.current === null) made.current = (await makeAccount()).id;
      const account = given?.id ?? made.current;
      if (account === null) throw new Error("there is no account");
      return action(account);
    },
    onSuccess: setLogin,
  });
  const begin = step.mutate;

  const chooseWay = (next: Way) => {
    setWay(next);
    step.reset();
    setLost(null);
    if (login && !isEnd(login)) void loginSteps.cancel(login.account).catch(() => undefined);
    setLogin(null);
    if (next === "qr") begin(loginSteps.qr);
  };

  // The code is what most people want to see at once.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    begin(loginSteps.qr);
  }, [begin]);

  const close = () => {
    const isDone = login?.status === "done";
    const cleanUp = async () => {
      if (!isDone && login && !isEnd(login)) await loginSteps.cancel(login.account);
      if (!isDone && made.current !== null) await removeAccount(made.current);
    };
    // Whatever fails here shows in the list of accounts.
    cleanUp()
      .catch((error: unknown) => console.warn(problemOf(error).message))
      .finally(() => void forget());
    onClose();
  };

  const error = step.error ?? lost;
  const isDone = login?.status === "done";
  const status = login?.status;

  return (
    <Dialog title={given ? t("login.title_again", { name: given.name }) : t("login.title")} isOpen onClose={close}>
      {isDone ? (
        <>
          <Note kind="good" icon={CheckCircle2}>
            {t("login.done")}
          </Note>
          <div className="actions">
            <Button look="main" onPress={close} autoFocus>
              {t("common.done")}
            </Button>
          </div>
        </>
      ) : (
        <Tabs className="tabs" selectedKey={way} onSelectionChange={(key) => chooseWay(key as Way)}>
          <TabList className="tab-list" aria-label={t("login.ways")}>
            {WAYS.map((one) => (
              <Tab key={one.way} id={one.way} className="tab">
                <Icon of={one.icon} />
                {t(`login.way_${one.way}`)}
              </Tab>
            ))}
          </TabList>
          <TabPanel id={way} className="tab-panel">
            {error !== null && error !== undefined && <ErrorNote error={error} />}
            {(status === "failed" || status === "expired" || status === "cancelled") && (
              <div className="note note-bad" role="alert">
                <p>{login?.problem ?? t(`login.${status}`)}</p>
              </div>
            )}
            {way === "qr" && (
              <>
                {status === "waiting" && login?.qr && <QrStep qr={login.qr} />}
                {(step.isPending && !login) || status === "starting" ? <Loading /> : null}
                {!step.isPending && (!login || isEnd(login)) && (
                  <div className="actions">
                    <Button look="main" onPress={() => begin(loginSteps.qr)}>
                      {t("login.new_code")}
                    </Button>
                  </div>
                )}
              </>
            )}
            {way === "phone" && (!login || isEnd(login)) && (
              <AskFor
                label={t("login.phone")}
                hint={t("login.phone_hint")}
                action={t("login.send_code")}
                type="tel"
                autoComplete="tel"
                isBusy={step.isPending}
                onAnswer={(phone) => begin((account) => loginSteps.phone(account, phone))}
              />
            )}
            {way === "bot" && (!login || isEnd(login)) && (
              <AskFor
                label={t("login.bot_token")}
                hint={t("login.bot_hint")}
                action={t("accounts.log_in")}
                type="password"
                autoComplete="off"
                isBusy={step.isPending}
                onAnswer={(token) => begin((account) => loginSteps.bot(account, token))}
              />
            )}
            {status === "needs_code" && login && <CodeStep key={login.revision} login={login} step={step} />}
            {status === "needs_password" && (
              <AskFor
                key="password"
                label={t("login.password")}
                hint={login?.password_hint ? t("login.password_hint", { hint: login.password_hint }) : t("login.password_text")}
                action={t("common.continue")}
                type="password"
                autoComplete="current-password"
                isBusy={step.isPending}
                onAnswer={(password) => begin((account) => loginSteps.password(account, password))}
              />
            )}
            {status === "needs_email" && (
              <AskFor
                key="email"
                label={t("login.email")}
                hint={t("login.email_hint")}
                action={t("common.continue")}
                type="email"
                autoComplete="email"
                isBusy={step.isPending}
                onAnswer={(email) => begin((account) => loginSteps.email(account, email))}
              />
            )}
            {status === "needs_email_code" && (
              <AskFor
                key="email-code"
                label={t("login.email_code")}
                hint={login?.email ? t("login.email_code_hint", { pattern: login.email.pattern }) : undefined}
                action={t("common.continue")}
                type="text"
                autoComplete="one-time-code"
                isBusy={step.isPending}
                onAnswer={(code) => begin((account) => loginSteps.emailCode(account, code))}
              />
            )}
          </TabPanel>
        </Tabs>
      )}
    </Dialog>
  );
}

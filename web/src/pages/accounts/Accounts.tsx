// The Telegram accounts, how each stands, and the way in for another.

import { LogIn, LogOut, Plus, Trash2, UsersRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { nameOfAccount, useAccounts, useLogOutAccount, useRemoveAccount, type Account } from "../../api/accounts";
import { useMayWrite } from "../../app/session";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Confirm } from "../../components/Dialog";
import { Page } from "../../components/Page";
import { Empty, ErrorNote, ErrorState, Loading } from "../../components/States";
import { Ago } from "../../components/Time";
import { LoginDialog } from "./LoginDialog";

/// What is asked before it is done.
interface Question {
  what: "log_out" | "remove";
  account: Account;
}

function AccountState({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { state } = account;
  return (
    <div className="account-state">
      <p>
        <span className={`status status-${state.status}`}>{t(`accounts.status_${state.status}`)}</span>{" "}
        {state.since !== null && (
          <span className="quiet">
            <Ago at={state.since} />
          </span>
        )}
      </p>
      {state.last_error !== null && state.status !== "connected" && <p className="small account-error">{state.last_error}</p>}
      {state.status === "connected" && (
        <p className="small quiet">
          {t("accounts.channels", { count: state.channels })} · {t(state.caught_up ? "accounts.caught_up" : "accounts.catching_up")}
        </p>
      )}
    </div>
  );
}

function AccountRow({
  account,
  onLogIn,
  onAsk,
}: {
  account: Account;
  onLogIn: () => void;
  onAsk: (question: Question) => void;
}) {
  const { t } = useTranslation();
  const mayWrite = useMayWrite();
  const names = [account.username && `@${account.username}`, account.phone && `+${account.phone}`].filter(Boolean);
  return (
    <li className="card account">
      <Avatar id={String(account.telegram_id ?? account.id)} title={nameOfAccount(account)} size={48} />
      <div className="account-main">
        <h2>{nameOfAccount(account)}</h2>
        <p className="small quiet">
          {names.length > 0 ? names.join(" · ") : t("accounts.without_login")}
          {account.kind === "bot" && ` · ${t("accounts.bot")}`}
        </p>
        <AccountState account={account} />
      </div>
      {mayWrite && (
        <div className="account-actions">
          {account.state.status === "needs_login" ? (
            <Button look="main" icon={LogIn} onPress={onLogIn} aria-label={`${t("accounts.log_in")}: ${nameOfAccount(account)}`}>
              {t("accounts.log_in")}
            </Button>
          ) : (
            <Button icon={LogOut} onPress={() => onAsk({ what: "log_out", account })} aria-label={`${t("accounts.log_out")}: ${nameOfAccount(account)}`}>
              {t("accounts.log_out")}
            </Button>
          )}
          <Button look="quiet" icon={Trash2} onPress={() => onAsk({ what: "remove", account })} aria-label={`${t("accounts.remove")}: ${nameOfAccount(account)}`}>
            {t("accounts.remove")}
          </Button>
        </div>
      )}
    </li>
  );
}

export function Accounts() {
  const { t } = useTranslation();
  const accounts = useAccounts();
  const mayWrite = useMayWrite();
  const logOut = useLogOutAccount();
  const remove = useRemoveAccount();
  const [question, setQuestion] = useState<Question | null>(null);
  // "new": an account that is made when a way in is chosen.
  const [login, setLogin] = useState<Account | "new" | null>(null);
  const failure = logOut.error ?? remove.error;

  const answer = (asked: Question) => {
    const action = asked.what === "remove" ? remove : logOut;
    action.mutate(asked.account.id, { onSettled: () => setQuestion(null) });
  };

  return (
    <Page
      title={t("accounts.title")}
      actions={
        mayWrite && (
          <Button look="main" icon={Plus} onPress={() => setLogin("new")}>
            {t("accounts.add")}
          </Button>
        )
      }
    >
      {failure && <ErrorNote error={failure} />}
      {accounts.isPending && <Loading />}
      {accounts.error && !accounts.data && <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />}
      {accounts.data?.length === 0 && (
        <Empty icon={UsersRound} title={t("accounts.empty")} text={t(mayWrite ? "accounts.empty_text" : "accounts.empty_viewer")}>
          {mayWrite && (
            <Button look="main" icon={Plus} onPress={() => setLogin("new")}>
              {t("accounts.add")}
            </Button>
          )}
        </Empty>
      )}
      {accounts.data && accounts.data.length > 0 && (
        <ul className="stack">
          {accounts.data.map((account) => (
            <AccountRow key={account.id} account={account} onLogIn={() => setLogin(account)} onAsk={setQuestion} />
          ))}
        </ul>
      )}
      {login !== null && <LoginDialog account={login === "new" ? null : login} onClose={() => setLogin(null)} />}
      {question && (
        <Confirm
          title={t(`accounts.${question.what}_question`, { name: nameOfAccount(question.account) })}
          text={t(`accounts.${question.what}_text`)}
          action={t(`accounts.${question.what}`)}
          isOpen
          isBusy={logOut.isPending || remove.isPending}
          onConfirm={() => answer(question)}
          onClose={() => setQuestion(null)}
        />
      )}
    </Page>
  );
}

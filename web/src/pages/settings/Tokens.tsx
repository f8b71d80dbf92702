// API tokens: what programs use instead of a password.

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMakeToken, useRemoveToken, useTokens, type Scope } from "../../api/access";
import { useUser } from "../../app/session";
import { Button } from "../../components/Button";
import { Checks } from "../../components/Choice";
import { Copy } from "../../components/Copy";
import { DialogForm, ShownOnce } from "../../components/DialogForm";
import { Field } from "../../components/Field";
import { ListCard, RowDetail, RowWords } from "../../components/ListCard";
import { Ago, Moment } from "../../components/Time";

const SCOPES: readonly Scope[] = ["read", "write", "telegram", "admin"];

function NewToken({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const user = useUser();
  const make = useMakeToken();
  const [name, setName] = useState("");
  const [expires, setExpires] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const offered = SCOPES.filter((scope) => scope !== "admin" || user.role === "admin");
  if (make.data)
    return (
      <ShownOnce title={t("tokens.made")} text={t("tokens.shown_once")} onClose={onClose}>
        <Copy label={t("tokens.token")} text={make.data.token} />
      </ShownOnce>
    );
  return (
    <DialogForm
      title={t("tokens.add")}
      submit={t("tokens.add")}
      isBusy={make.isPending}
      isDisabled={scopes.length === 0}
      error={make.error}
      onClose={onClose}
      onSubmit={() =>
        make.mutate({ name, scopes: [...scopes], ...(expires ? { expires: new Date(`${expires}T23:59:59`).toISOString() } : {}) })
      }
    >
      <Field label={t("tokens.name")} hint={t("tokens.name_hint")} value={name} onChange={setName} maxLength={64} isRequired autoFocus />
      <Checks
        label={t("tokens.scopes")}
        options={offered.map((value) => ({ value, label: t(`tokens.scope_${value}`) }))}
        value={scopes}
        onChange={setScopes}
      />
      <Field label={t("tokens.expires")} hint={t("tokens.expires_hint")} type="date" value={expires} onChange={setExpires} />
    </DialogForm>
  );
}

export function Tokens() {
  const { t } = useTranslation();
  const tokens = useTokens();
  const remove = useRemoveToken();
  return (
    <ListCard
      title={t("settings.tokens")}
      text={t("tokens.text")}
      list={tokens}
      keyOf={(token) => token.id}
      empty={{ icon: KeyRound, title: t("tokens.empty"), text: t("tokens.empty_text") }}
      add={{ label: t("tokens.add"), dialog: (close) => <NewToken onClose={close} /> }}
      failure={remove.error}
      removal={{
        action: t("tokens.revoke"),
        question: (token) => t("tokens.revoke_question", { name: token.name }),
        text: t("tokens.revoke_text"),
        isBusy: remove.isPending,
        run: (token, done) => remove.mutate(token.id, { onSettled: done }),
      }}
    >
      {(token, ask) => (
        <>
          <RowWords
            title={
              <>
                {token.name} <code className="quiet">{token.hint}…</code>
              </>
            }
          >
            <RowDetail>
              {token.scopes.join(", ")} ·{" "}
              {token.last_used === null ? (
                t("tokens.never_used")
              ) : (
                <>
                  {t("tokens.used")} <Ago at={token.last_used} />
                </>
              )}
              {token.expires !== null && (
                <>
                  {" "}
                  · {t("tokens.until")} <Moment at={token.expires} />
                </>
              )}
            </RowDetail>
          </RowWords>
          <Button look="quiet" onPress={ask} aria-label={`${t("tokens.revoke")}: ${token.name}`}>
            {t("tokens.revoke")}
          </Button>
        </>
      )}
    </ListCard>
  );
}

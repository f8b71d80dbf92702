// API tokens: what programs use instead of a password.

import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Checkbox, CheckboxGroup, Form, Label } from "react-aria-components";
import { useMakeToken, useRemoveToken, useTokens, type Scope, type Token } from "../../api/access";
import { useUser } from "../../app/session";
import { Button } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { Confirm, Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Card } from "../../components/Page";
import { Empty, ErrorNote, ErrorState, Loading } from "../../components/States";
import { Ago, Moment } from "../../components/Time";

const SCOPES: readonly Scope[] = ["read", "write", "telegram", "admin"];

function NewToken({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const user = useUser();
  const make = useMakeToken();
  const [name, setName] = useState("");
  const [expires, setExpires] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["read"]);
  const offered = SCOPES.filter((scope) => scope !== "admin" || user.role === "admin");
  if (make.data)
    return (
      <Dialog title={t("tokens.made")} isOpen onClose={onClose} role="alertdialog">
        <p>{t("tokens.shown_once")}</p>
        <Copy label={t("tokens.token")} text={make.data.token} />
        <div className="actions">
          <Button look="main" onPress={onClose} autoFocus>
            {t("common.done")}
          </Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t("tokens.add")} isOpen onClose={onClose}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ name, scopes, ...(expires ? { expires: new Date(`${expires}T23:59:59`).toISOString() } : {}) });
        }}
      >
        <Field label={t("tokens.name")} hint={t("tokens.name_hint")} value={name} onChange={setName} maxLength={64} isRequired autoFocus />
        <CheckboxGroup className="field" value={scopes} onChange={(values) => setScopes(SCOPES.filter((scope) => values.includes(scope)))}>
          <Label className="field-label">{t("tokens.scopes")}</Label>
          {offered.map((scope) => (
            <Checkbox key={scope} value={scope} className="checkbox">
              <span className="checkbox-box" aria-hidden="true" />
              {t(`tokens.scope_${scope}`)}
            </Checkbox>
          ))}
        </CheckboxGroup>
        <Field label={t("tokens.expires")} hint={t("tokens.expires_hint")} type="date" value={expires} onChange={setExpires} />
        {make.error && <ErrorNote error={make.error} />}
        <div className="actions">
          <Button look="quiet" onPress={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" look="main" isPending={make.isPending} isDisabled={scopes.length === 0}>
            {t("tokens.add")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

export function Tokens() {
  const { t } = useTranslation();
  const tokens = useTokens();
  const remove = useRemoveToken();
  const [isAdding, setIsAdding] = useState(false);
  const [asked, setAsked] = useState<Token | null>(null);
  return (
    <Card
      title={t("settings.tokens")}
      actions={
        <Button icon={Plus} onPress={() => setIsAdding(true)}>
          {t("tokens.add")}
        </Button>
      }
    >
      <p className="quiet">{t("tokens.text")}</p>
      {remove.error && <ErrorNote error={remove.error} />}
      {tokens.isPending && <Loading />}
      {tokens.error && <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.data?.length === 0 && <Empty icon={KeyRound} title={t("tokens.empty")} text={t("tokens.empty_text")} />}
      <ul className="rows">
        {tokens.data?.map((token) => (
          <li key={token.id} className="row">
            <span className="row-main">
              <span className="row-text">
                {token.name} <code className="quiet">{token.hint}…</code>
              </span>
              <span className="small quiet">
                {token.scopes.join(", ")} · {token.last_used === null ? t("tokens.never_used") : <>{t("tokens.used")} <Ago at={token.last_used} /></>}
                {token.expires !== null && (
                  <>
                    {" "}
                    · {t("tokens.until")} <Moment at={token.expires} />
                  </>
                )}
              </span>
            </span>
            <Button look="quiet" onPress={() => setAsked(token)} aria-label={`${t("tokens.revoke")}: ${token.name}`}>
              {t("tokens.revoke")}
            </Button>
          </li>
        ))}
      </ul>
      {isAdding && <NewToken onClose={() => setIsAdding(false)} />}
      {asked && (
        <Confirm
          title={t("tokens.revoke_question", { name: asked.name })}
          text={t("tokens.revoke_text")}
          action={t("tokens.revoke")}
          isOpen
          isBusy={remove.isPending}
          onClose={() => setAsked(null)}
          onConfirm={() => remove.mutate(asked.id, { onSettled: () => setAsked(null) })}
        />
      )}
    </Card>
  );
}

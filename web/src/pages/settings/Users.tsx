// Users of Ledgram, for admins.

import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "react-aria-components";
import { useChangeUser, useMakeUser, useRemoveUser, useUsers, type Role, type User } from "../../api/access";
import { useUser } from "../../app/session";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Confirm, Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Card } from "../../components/Page";
import { ErrorNote, ErrorState, Loading } from "../../components/States";
import { Ago } from "../../components/Time";

const ROLES: readonly Role[] = ["viewer", "member", "admin"];

function useRoleOptions() {
  const { t } = useTranslation();
  return ROLES.map((value) => ({ value, label: t(`users.role_${value}`) }));
}

function NewUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const make = useMakeUser();
  const roles = useRoleOptions();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("member");
  return (
    <Dialog title={t("users.add")} isOpen onClose={onClose}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ name, password, role }, { onSuccess: onClose });
        }}
      >
        <Field label={t("auth.name")} hint={t("auth.name_hint")} value={name} onChange={setName} pattern="[A-Za-z0-9._@\-]+" maxLength={64} autoComplete="off" isRequired autoFocus />
        <Field label={t("auth.password")} hint={t("auth.password_hint", { count: 10 })} type="password" minLength={10} autoComplete="new-password" value={password} onChange={setPassword} isRequired />
        <Choice label={t("users.role")} options={roles} value={role} onChange={setRole} />
        <p className="small quiet">{t(`users.about_${role}`)}</p>
        {make.error && <ErrorNote error={make.error} />}
        <div className="actions">
          <Button look="quiet" onPress={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" look="main" isPending={make.isPending}>
            {t("users.add")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function EditUser({ user, onClose, onRemove }: { user: User; onClose: () => void; onRemove: () => void }) {
  const { t } = useTranslation();
  const change = useChangeUser();
  const roles = useRoleOptions();
  const me = useUser();
  const [role, setRole] = useState<Role>(user.role);
  const [password, setPassword] = useState("");
  const apply = (wanted: Parameters<typeof change.mutate>[0]["change"]) =>
    change.mutate({ user: user.id, change: wanted }, { onSuccess: onClose });
  return (
    <Dialog title={user.name} isOpen onClose={onClose}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          apply({ ...(role === user.role ? {} : { role }), ...(password ? { password } : {}) });
        }}
      >
        <Choice label={t("users.role")} options={roles} value={role} onChange={setRole} />
        <Field label={t("profile.new_password")} hint={t("users.password_hint")} type="password" minLength={10} autoComplete="new-password" value={password} onChange={setPassword} />
        {change.error && <ErrorNote error={change.error} />}
        <div className="actions">
          {user.totp && (
            <Button look="quiet" onPress={() => apply({ totp: "remove" })}>
              {t("users.totp_remove")}
            </Button>
          )}
          {user.id !== me.id && (
            <>
              <Button look="quiet" onPress={onRemove}>
                {t("users.remove")}
              </Button>
              <Button look="quiet" onPress={() => apply({ disabled: !user.disabled })}>
                {t(user.disabled ? "users.enable" : "users.disable")}
              </Button>
            </>
          )}
          <Button type="submit" look="main" isPending={change.isPending} isDisabled={role === user.role && password === ""}>
            {t("common.save")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

export function Users() {
  const { t } = useTranslation();
  const users = useUsers();
  const remove = useRemoveUser();
  const [isAdding, setIsAdding] = useState(false);
  const [edited, setEdited] = useState<User | null>(null);
  const [asked, setAsked] = useState<User | null>(null);
  return (
    <Card
      title={t("settings.users")}
      actions={
        <Button icon={Plus} onPress={() => setIsAdding(true)}>
          {t("users.add")}
        </Button>
      }
    >
      {remove.error && <ErrorNote error={remove.error} />}
      {users.isPending && <Loading />}
      {users.error && <ErrorState error={users.error} onRetry={() => void users.refetch()} />}
      <ul className="rows">
        {users.data?.map((user) => (
          <li key={user.id} className="row">
            <Avatar id={String(user.id)} title={user.name} size={40} />
            <span className="row-main">
              <span className="row-text">
                {user.name} {user.disabled && <span className="tag tag-bad">{t("users.disabled")}</span>}
              </span>
              <span className="small quiet">
                {t(`users.role_${user.role}`)} · {t(user.totp ? "users.totp" : "users.no_totp")} ·{" "}
                {user.last_login === null ? t("users.never") : <Ago at={user.last_login} />}
              </span>
            </span>
            <Button look="quiet" onPress={() => setEdited(user)} aria-label={`${t("users.edit")}: ${user.name}`}>
              {t("users.edit")}
            </Button>
          </li>
        ))}
      </ul>
      {isAdding && <NewUser onClose={() => setIsAdding(false)} />}
      {edited && (
        <EditUser
          user={edited}
          onClose={() => setEdited(null)}
          onRemove={() => {
            setAsked(edited);
            setEdited(null);
          }}
        />
      )}
      {asked && (
        <Confirm
          title={t("users.remove_question", { name: asked.name })}
          text={t("users.remove_text")}
          action={t("users.remove")}
          isOpen
          isBusy={remove.isPending}
          onClose={() => setAsked(null)}
          onConfirm={() => remove.mutate(asked.id, { onSettled: () => setAsked(null) })}
        />
      )}
    </Card>
  );
}

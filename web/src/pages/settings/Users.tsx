// Users of Ledgram, for admins.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeUser, useMakeUser, useRemoveUser, useUsers, type Role, type User } from "../../api/access";
import { useUser } from "../../app/session";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { DialogForm } from "../../components/DialogForm";
import { Field } from "../../components/Field";
import { ListCard, RowDetail, RowWords } from "../../components/ListCard";
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
    <DialogForm
      title={t("users.add")}
      submit={t("users.add")}
      isBusy={make.isPending}
      error={make.error}
      onClose={onClose}
      onSubmit={() => make.mutate({ name, password, role }, { onSuccess: onClose })}
    >
      <Field label={t("auth.name")} hint={t("auth.name_hint")} value={name} onChange={setName} pattern="[A-Za-z0-9._@\-]+" maxLength={64} autoComplete="off" isRequired autoFocus />
      <Field label={t("auth.password")} hint={t("auth.password_hint", { count: 10 })} type="password" minLength={10} autoComplete="new-password" value={password} onChange={setPassword} isRequired />
      <Choice label={t("users.role")} options={roles} value={role} onChange={setRole} />
      <p className="small quiet">{t(`users.about_${role}`)}</p>
    </DialogForm>
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
    <DialogForm
      title={user.name}
      submit={t("common.save")}
      isBusy={change.isPending}
      isDisabled={role === user.role && password === ""}
      error={change.error}
      onClose={onClose}
      onSubmit={() => apply({ ...(role === user.role ? {} : { role }), ...(password ? { password } : {}) })}
      actions={
        <>
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
        </>
      }
    >
      <Choice label={t("users.role")} options={roles} value={role} onChange={setRole} />
      <Field label={t("profile.new_password")} hint={t("users.password_hint")} type="password" minLength={10} autoComplete="new-password" value={password} onChange={setPassword} />
    </DialogForm>
  );
}

function UserRow({ user, onRemove }: { user: User; onRemove: () => void }) {
  const { t } = useTranslation();
  const [isEdited, setIsEdited] = useState(false);
  return (
    <>
      <Avatar id={String(user.id)} title={user.name} size={40} />
      <RowWords
        title={
          <>
            {user.name} {user.disabled && <span className="tag tag-bad">{t("users.disabled")}</span>}
          </>
        }
      >
        <RowDetail>
          {t(`users.role_${user.role}`)} · {t(user.totp ? "users.totp" : "users.no_totp")} ·{" "}
          {user.last_login === null ? t("users.never") : <Ago at={user.last_login} />}
        </RowDetail>
      </RowWords>
      <Button look="quiet" onPress={() => setIsEdited(true)} aria-label={`${t("users.edit")}: ${user.name}`}>
        {t("users.edit")}
      </Button>
      {isEdited && (
        <EditUser
          user={user}
          onClose={() => setIsEdited(false)}
          onRemove={() => {
            setIsEdited(false);
            onRemove();
          }}
        />
      )}
    </>
  );
}

export function Users() {
  const { t } = useTranslation();
  const users = useUsers();
  const remove = useRemoveUser();
  return (
    <ListCard
      title={t("settings.users")}
      list={users}
      keyOf={(user) => user.id}
      add={{ label: t("users.add"), dialog: (close) => <NewUser onClose={close} /> }}
      failure={remove.error}
      removal={{
        action: t("users.remove"),
        question: (user) => t("users.remove_question", { name: user.name }),
        text: t("users.remove_text"),
        isBusy: remove.isPending,
        run: (user, done) => remove.mutate(user.id, { onSettled: done }),
      }}
    >
      {(user, ask) => <UserRow user={user} onRemove={ask} />}
    </ListCard>
  );
}

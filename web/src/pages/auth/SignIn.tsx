// Name and password; then the code of the second factor, where there is one.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "react-aria-components";
import { api, bodyOf } from "../../api/client";
import { problemOf } from "../../api/problem";
import { takeSession } from "../../app/session";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { ErrorNote } from "../../components/States";
import { AuthCard } from "./AuthCard";

export function SignIn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);

  const signIn = useMutation({
    mutationFn: () =>
      bodyOf(api.POST("/api/v1/auth/login", { body: { name, password, ...(asksCode && code ? { totp: code } : {}) } })),
    onSuccess: (login) => takeSession(client, login),
    onError: (error) => {
      if (problemOf(error).code === "totp_required") setAsksCode(true);
      setCode("");
    },
  });
  const isQuestion = signIn.error !== null && problemOf(signIn.error).code === "totp_required";

  return (
    <AuthCard title={t("auth.sign_in_title")} text={asksCode ? t("auth.totp_text") : t("auth.sign_in_text")}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate();
        }}
      >
        {asksCode ? (
          <Field
            key="code"
            label={t("auth.totp")}
            value={code}
            onChange={(text) => setCode(text.replace(/\D/g, "").slice(0, 6))}
            inputMode="numeric"
            autoComplete="one-time-code"
            isRequired
            autoFocus
          />
        ) : (
          <>
            <Field label={t("auth.name")} value={name} onChange={setName} autoComplete="username" isRequired autoFocus />
            <Field
              label={t("auth.password")}
              type="password"
              value={password}
              onChange={setPassword}
              autoComplete="current-password"
              isRequired
            />
          </>
        )}
        {signIn.error && !isQuestion && <ErrorNote error={signIn.error} />}
        <Button type="submit" look="main" wide isPending={signIn.isPending}>
          {t("auth.sign_in")}
        </Button>
        {asksCode && (
          <Button
            look="quiet"
            wide
            onPress={() => {
              setAsksCode(false);
              signIn.reset();
            }}
          >
            {t("common.back")}
          </Button>
        )}
      </Form>
    </AuthCard>
  );
}

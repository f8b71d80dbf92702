// The first user, with the link that `ledgram serve` prints.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "react-aria-components";
import { useLocation } from "wouter";
import { api, bodyOf } from "../../api/client";
import { takeSession } from "../../app/session";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { ErrorNote } from "../../components/States";
import { AuthCard } from "./AuthCard";

const SHORTEST_PASSWORD = 10;

/// Read once and taken out of the address, so that it stays neither in the history nor in a screenshot.
function takeToken(): string {
  const token = new URLSearchParams(window.location.search).get("token") ?? "";
  if (token) window.history.replaceState(null, "", "/setup");
  return token;
}

export function Setup() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [token, setToken] = useState(takeToken);
  const [hadToken] = useState(token !== "");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [checked, setChecked] = useState(false);

  const setUp = useMutation({
    mutationFn: () => bodyOf(api.POST("/api/v1/auth/setup", { body: { token: token.trim(), name, password } })),
    onSuccess: (login) => {
      takeSession(client, login);
      navigate("/accounts", { replace: true });
    },
  });
  const tooShort = password.length < SHORTEST_PASSWORD;
  const different = password !== again;

  return (
    <AuthCard title={t("auth.setup_title")} text={t("auth.setup_text")}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (!tooShort && !different) setUp.mutate();
        }}
      >
        {!hadToken && (
          <Field label={t("auth.setup_token")} hint={t("auth.setup_token_hint")} value={token} onChange={setToken} isRequired autoComplete="off" />
        )}
        <Field label={t("auth.name")} value={name} onChange={setName} autoComplete="username" isRequired autoFocus pattern="[A-Za-z0-9._@\-]+" maxLength={64} hint={t("auth.name_hint")} />
        <Field
          label={t("auth.password")}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          isRequired
          hint={t("auth.password_hint", { count: SHORTEST_PASSWORD })}
          error={checked && tooShort ? t("auth.password_short") : undefined}
        />
        <Field
          label={t("auth.password_again")}
          type="password"
          value={again}
          onChange={setAgain}
          autoComplete="new-password"
          isRequired
          error={checked && different ? t("auth.password_different") : undefined}
        />
        {setUp.error && <ErrorNote error={setUp.error} />}
        <Button type="submit" look="main" wide isPending={setUp.isPending}>
          {t("auth.setup_action")}
        </Button>
      </Form>
    </AuthCard>
  );
}

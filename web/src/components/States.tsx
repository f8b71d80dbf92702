// What a page shows while it has nothing else: it waits, there is nothing, or something went wrong and who must act.

import { CircleAlert, Inbox, RefreshCw, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProgressBar } from "react-aria-components";
import { Link } from "wouter";
import { problemOf, type ApiProblem } from "../api/problem";
import { Button } from "./Button";
import { Icon } from "./Icon";

export function Loading() {
  const { t } = useTranslation();
  return (
    <div className="state">
      <ProgressBar isIndeterminate aria-label={t("common.loading")} className="spinner" />
    </div>
  );
}

export function Empty({
  icon = Inbox,
  title,
  text,
  children,
}: {
  icon?: LucideIcon;
  title: string;
  text?: string;
  children?: ReactNode;
}) {
  return (
    <div className="state">
      <span className="state-icon">
        <Icon of={icon} size={30} />
      </span>
      <h2>{title}</h2>
      {text !== undefined && <p className="quiet">{text}</p>}
      {children}
    </div>
  );
}

/// Texts of a problem: whose turn it is, what happened, what to do.
export function useProblemText(problem: ApiProblem): { title: string; detail: string; next: string } {
  const { t, i18n } = useTranslation();
  const known = `code_${problem.code}`;
  const wait = problem.document.retry_after;
  return {
    title: t(`problem.side_${problem.side}`),
    // The server writes English. What people see often has words of its own in each language.
    detail: i18n.exists(`problem.${known}`) ? t(`problem.${known}` as "problem.code_network") : problem.message,
    next: wait === undefined ? t(`problem.next_${problem.side}`) : t("problem.retry_after", { count: wait }),
  };
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = problemOf(error);
  const text = useProblemText(problem);
  return (
    <div className="state" role="alert">
      <span className="state-icon state-icon-bad">
        <Icon of={CircleAlert} size={30} />
      </span>
      <h2>{text.title}</h2>
      <p>{text.detail}</p>
      <p className="quiet">{text.next}</p>
      <div className="actions actions-centred">
        {problem.side === "telegram_login" && (
          <Link href="/accounts" className="button button-main">
            {t("problem.to_accounts")}
          </Link>
        )}
        {onRetry && (
          <Button icon={RefreshCw} onPress={onRetry}>
            {t("common.retry")}
          </Button>
        )}
      </div>
    </div>
  );
}

/// The same in one block of a form.
export function ErrorNote({ error }: { error: unknown }) {
  const problem = problemOf(error);
  const text = useProblemText(problem);
  return (
    <div className="note note-bad" role="alert">
      <Icon of={CircleAlert} />
      <div>
        <strong>{text.title}</strong>
        <p>{text.detail}</p>
        {problem.side !== "input" && <p className="quiet">{text.next}</p>}
      </div>
    </div>
  );
}

export function Note({ kind, icon, children }: { kind: "good" | "warning"; icon: LucideIcon; children: ReactNode }) {
  return (
    <div className={`note note-${kind}`} role="status">
      <Icon of={icon} />
      <div>{children}</div>
    </div>
  );
}

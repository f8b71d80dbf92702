// Two panes: a list with its head and filter, and beside it what is chosen in it. On a phone one of the two.

import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Input, SearchField } from "react-aria-components";
import { Link } from "wouter";
import { Avatar } from "./Avatar";
import { IconLink } from "./Button";
import { useFormats } from "./Time";

interface PanesProps {
  title: string;
  actions?: ReactNode;
  /// Stands above the rows.
  filter?: ReactNode;
  list: ReactNode;
  /// Something is chosen: a phone shows that.
  isOpen: boolean;
  viewTitle: string;
  view: ReactNode;
}

export function Panes({ title, actions, filter, list, isOpen, viewTitle, view }: PanesProps) {
  return (
    <div className={`panes${isOpen ? " panes-open" : ""}`}>
      <section className="pane-list" aria-label={title}>
        <header className="page-head">
          <h1>{title}</h1>
          {actions}
        </header>
        {filter}
        {list}
      </section>
      <section className="pane-view" aria-label={viewTitle}>
        {view}
      </section>
    </div>
  );
}

export function PaneFilter({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <SearchField className="pane-filter" aria-label={label} value={value} onChange={onChange}>
      <Input className="input" placeholder={label} />
    </SearchField>
  );
}

/// Nothing is chosen yet.
export function PaneHint({ text }: { text: string }) {
  return (
    <div className="chat chat-nothing">
      <p className="pill">{text}</p>
    </div>
  );
}

const DAY_MS = 86_400_000;

function When({ at }: { at: string }) {
  const formats = useFormats();
  const date = new Date(at);
  const isRecent = Date.now() - date.getTime() < DAY_MS;
  return (
    <time dateTime={at} className="small quiet">
      {(isRecent ? formats.clock : formats.short).format(date)}
    </time>
  );
}

interface PaneRowProps {
  href: string;
  isHere: boolean;
  /// Decides the colour.
  id: string;
  title: string;
  /// Of the last thing that happened in it.
  at: string | null;
  line: ReactNode;
  /// What stands at the end of the second line.
  end?: ReactNode;
}

export function PaneRow({ href, isHere, id, title, at, line, end }: PaneRowProps) {
  return (
    <li>
      <Link href={href} className="chat-row" aria-current={isHere ? "page" : undefined}>
        <Avatar id={id} title={title} />
        <span className="chat-row-words">
          <span className="chat-row-line">
            <span className="chat-row-title">{title}</span>
            {at !== null && <When at={at} />}
          </span>
          <span className="chat-row-line small quiet">
            <span className="chat-row-title">{line}</span>
            {end}
          </span>
        </span>
      </Link>
    </li>
  );
}

interface ViewHeadProps {
  /// Where the list is, for a phone.
  back: string;
  children: ReactNode;
  actions?: ReactNode;
}

export function ViewHead({ back, children, actions }: ViewHeadProps) {
  const { t } = useTranslation();
  return (
    <header className="chat-head">
      <IconLink icon={ArrowLeft} label={t("common.back")} href={back} className="chat-back" />
      {children}
      {actions}
    </header>
  );
}

/// Whose posts are shown, and a word about it.
export function ViewTitle({ id, title, line }: { id: string; title: string; line: ReactNode }) {
  return (
    <>
      <Avatar id={id} title={title} size={40} />
      <span className="chat-row-words">
        <strong className="chat-row-title">{title}</strong>
        <span className="small quiet chat-row-title">{line}</span>
      </span>
    </>
  );
}

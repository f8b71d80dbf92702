// A card with a list of things that are made and removed: tokens, feeds, users, webhooks. It shows that the list is on its way, that
// it could not be had, that there is nothing, or the rows; it has the button that makes a new one, and asks before one is removed.

import { Inbox, Plus, type LucideIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "./Button";
import { Confirm } from "./Dialog";
import { Card } from "./Page";
import { Empty, ErrorNote, ErrorState, Loading } from "./States";

/// The parts of a query that the list looks at.
interface ListQuery<Item> {
  data: readonly Item[] | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

interface Removal<Item> {
  /// The word on the button that removes.
  action: string;
  question: (item: Item) => string;
  text: string;
  isBusy: boolean;
  run: (item: Item, done: () => void) => void;
}

interface ListCardProps<Item> {
  title: string;
  text?: string;
  list: ListQuery<Item>;
  keyOf: (item: Item) => number | string;
  /// Without it an empty list shows nothing: there is always one, as of users.
  empty?: { icon?: LucideIcon; title: string; text?: string };
  add?: { label: string; dialog: (close: () => void) => ReactNode };
  /// Why the last change failed, if it did.
  failure?: unknown;
  removal?: Removal<Item>;
  /// One row; `ask` asks whether it is to be removed.
  children: (item: Item, ask: () => void) => ReactNode;
}

export function ListCard<Item>({ title, text, list, keyOf, empty, add, failure, removal, children }: ListCardProps<Item>) {
  const [isAdding, setIsAdding] = useState(false);
  const [asked, setAsked] = useState<Item | null>(null);
  const rows = list.data ?? [];
  return (
    <Card
      title={title}
      actions={
        add && (
          <Button icon={Plus} onPress={() => setIsAdding(true)}>
            {add.label}
          </Button>
        )
      }
    >
      {text !== undefined && <p className="quiet">{text}</p>}
      {failure != null && <ErrorNote error={failure} />}
      {list.isPending && <Loading />}
      {list.error != null && !list.data && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && empty && <Empty icon={Inbox} {...empty} />}
      {rows.length > 0 && (
        <ul className="rows" aria-label={title}>
          {rows.map((item) => (
            <li key={keyOf(item)} className="row">
              {children(item, () => setAsked(item))}
            </li>
          ))}
        </ul>
      )}
      {isAdding && add?.dialog(() => setIsAdding(false))}
      {removal && asked !== null && (
        <Confirm
          title={removal.question(asked)}
          text={removal.text}
          action={removal.action}
          isOpen
          isBusy={removal.isBusy}
          onClose={() => setAsked(null)}
          onConfirm={() => removal.run(asked, () => setAsked(null))}
        />
      )}
    </Card>
  );
}

/// What a row says: its name, and facts in small letters below.
export function RowWords({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <span className="row-main">
      <span className="row-text">{title}</span>
      {children}
    </span>
  );
}

export function RowDetail({ children }: { children: ReactNode }) {
  return <span className="small quiet">{children}</span>;
}

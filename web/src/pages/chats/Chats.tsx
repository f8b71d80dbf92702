// The chats of an account, and beside them the one that is read.

import { MessagesSquare, Pin } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useLocation } from "wouter";
import { nameOfAccount, useAccounts, type Account } from "../../api/accounts";
import { useDialogs, type Dialog, type Peer } from "../../api/chats";
import { useMayWrite } from "../../app/session";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Icon } from "../../components/Icon";
import { useTitle } from "../../components/Page";
import { PaneFilter, PaneHint, PaneRow, Panes } from "../../components/Panes";
import { Empty, ErrorNote, ErrorState, Loading } from "../../components/States";
import { useFormats } from "../../components/Time";
import { ChatView } from "./ChatView";
import { useTitleOf } from "./names";

/// What stands below the name: the beginning of the last message, and from whom, if from the account.
function useLastLine(): (dialog: Dialog) => string {
  const { t, i18n } = useTranslation();
  return ({ last_message: last }) => {
    if (!last) return t("chats.no_messages");
    const kind = (last.media as { kind?: string } | null)?.kind;
    const media = `post.media_${kind ?? ""}`;
    const other = last.action !== null ? t("post.action_other") : t("post.without_text");
    const words = last.text || (i18n.exists(media) ? t(media as "post.media_photo") : other);
    return last.out ? t("chats.you", { text: words }) : words;
  };
}

function DialogRow({ account, dialog, title, isHere }: { account: number; dialog: Dialog; title: string; isHere: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const lastLine = useLastLine();
  let end = null;
  if (dialog.unread > 0)
    end = (
      <span className="unread">
        {formats.compact.format(dialog.unread)}
        <span className="hidden-text">{t("chats.unread")}</span>
      </span>
    );
  else if (dialog.pinned)
    end = (
      <span>
        <Icon of={Pin} size={14} />
        <span className="hidden-text">{t("chats.pinned")}</span>
      </span>
    );
  return (
    <PaneRow
      href={`/chats/${account}/${dialog.chat.ref}`}
      isHere={isHere}
      id={dialog.chat.id}
      title={title}
      at={dialog.last_message?.date ?? null}
      line={lastLine(dialog)}
      end={end}
    />
  );
}

function fits(peer: Peer, title: string, wanted: string): boolean {
  const needle = wanted.trim().toLowerCase().replace(/^@/, "");
  return needle === "" || title.toLowerCase().includes(needle) || (peer.username ?? "").toLowerCase().includes(needle);
}

/// The account's list of chats. Looking for one reads on until the end of the list.
function DialogList({ account, open, dialogs }: { account: number; open: string | null; dialogs: ReturnType<typeof useDialogs> }) {
  const { t } = useTranslation();
  const titleOf = useTitleOf(account);
  const [wanted, setWanted] = useState("");
  const all = dialogs.dialogs;
  const shown = all.filter(({ chat }) => fits(chat, titleOf(chat), wanted));

  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = dialogs;
  const readsOn = wanted.trim() !== "" && hasNextPage && !isFetching && !isFetchNextPageError;
  useEffect(() => {
    if (readsOn) void fetchNextPage();
  }, [readsOn, fetchNextPage]);

  if (dialogs.isPending) return <Loading />;
  if (dialogs.error && all.length === 0) return <ErrorState error={dialogs.error} onRetry={() => void dialogs.refetch()} />;
  if (all.length === 0) return <Empty icon={MessagesSquare} title={t("chats.none")} text={t("chats.none_text")} />;
  return (
    <>
      <PaneFilter label={t("chats.filter")} value={wanted} onChange={setWanted} />
      {shown.length === 0 && !dialogs.isFetchingNextPage && <Empty title={t("chats.none_fits")} />}
      <ul className="chat-list">
        {shown.map((dialog) => (
          <DialogRow key={dialog.chat.ref} account={account} dialog={dialog} title={titleOf(dialog.chat)} isHere={dialog.chat.ref === open} />
        ))}
        {(dialogs.isFetchNextPageError || hasNextPage) && (
          <li className="chat-list-more">
            {dialogs.isFetchNextPageError && <ErrorNote error={dialogs.error} />}
            <Button isPending={dialogs.isFetchingNextPage} onPress={() => void fetchNextPage()}>
              {t("search.more")}
            </Button>
          </li>
        )}
      </ul>
    </>
  );
}

interface ChatsOfProps {
  account: Account;
  accounts: readonly Account[];
  open: string | null;
}

function ChatsOf({ account, accounts, open }: ChatsOfProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const dialogs = useDialogs(account.id);
  const titleOf = useTitleOf(account.id);
  const here = dialogs.dialogs.find(({ chat }) => chat.ref === open)?.chat;
  useTitle(here ? titleOf(here) : t("chats.title"));
  return (
    <Panes
      title={t("chats.title")}
      actions={
        accounts.length > 1 && (
          <Choice
            label={t("chats.account")}
            hideLabel
            options={accounts.map((one) => ({ value: String(one.id), label: nameOfAccount(one) }))}
            value={String(account.id)}
            onChange={(chosen) => navigate(`/chats/${chosen}`)}
          />
        )
      }
      list={<DialogList key={account.id} account={account.id} open={open} dialogs={dialogs} />}
      isOpen={open !== null}
      viewTitle={here ? titleOf(here) : t("chats.title")}
      view={
        open === null ? (
          <PaneHint text={t("chats.choose")} />
        ) : (
          <ChatView key={`${account.id} ${open}`} account={account.id} chat={open} known={here} />
        )
      }
    />
  );
}

export function Chats({ account: wanted, chat }: { account: string | null; chat: string | null }) {
  const { t } = useTranslation();
  const accounts = useAccounts();
  const mayWrite = useMayWrite();
  // Bots have no list of chats.
  const people = useMemo(() => accounts.data?.filter((account) => account.kind === "user") ?? [], [accounts.data]);
  const account = people.find((one) => String(one.id) === wanted);
  const first = people.find((one) => one.state.status !== "needs_login") ?? people[0];
  if (accounts.isPending) return <Loading />;
  if (accounts.error && !accounts.data) return <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />;
  if (account) return <ChatsOf account={account} accounts={people} open={chat} />;
  if (first && wanted === null) return <Redirect to={`/chats/${first.id}`} replace />;
  return (
    <Empty icon={MessagesSquare} title={t("chats.no_account")} text={t(mayWrite ? "chats.no_account_text" : "chats.no_account_viewer")}>
      {mayWrite && (
        <Link href="/accounts" className="button button-main">
          {t("channels.to_accounts")}
        </Link>
      )}
    </Empty>
  );
}

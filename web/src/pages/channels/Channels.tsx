// The list of channels, and beside it the one that is read. On a phone one of the two.

import { Megaphone, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Input, SearchField } from "react-aria-components";
import { Link } from "wouter";
import { useAccounts } from "../../api/accounts";
import { useChannels, useLiveChannels, type Channel } from "../../api/channels";
import { useMayWrite } from "../../app/session";
import { Avatar } from "../../components/Avatar";
import { Button, IconButton } from "../../components/Button";
import { useTitle } from "../../components/Page";
import { Empty, ErrorState, Loading } from "../../components/States";
import { useFormats } from "../../components/Time";
import { ChannelView } from "./ChannelView";
import { FollowDialog } from "./FollowDialog";

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

function ChannelRow({ channel, isHere }: { channel: Channel; isHere: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { completeness } = channel;
  return (
    <li>
      <Link href={`/channels/${channel.id}`} className="chat-row" aria-current={isHere ? "page" : undefined}>
        <Avatar id={channel.id} title={channel.title} />
        <span className="chat-row-words">
          <span className="chat-row-line">
            <span className="chat-row-title">{channel.title}</span>
            {channel.last_activity !== null && <When at={channel.last_activity} />}
          </span>
          <span className="chat-row-line small quiet">
            <span className="chat-row-title">{channel.username === null ? t("channels.private") : `@${channel.username}`}</span>
            {channel.collecting ? (
              <span className="tag">{t("channels.collecting")}</span>
            ) : completeness.missing_ids > 0 ? (
              <span className="tag tag-warning">{t("channels.missing", { count: completeness.missing_ids })}</span>
            ) : (
              <span>{formats.compact.format(completeness.messages)}</span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

/// Last activity first, as messengers do.
function sorted(channels: readonly Channel[], wanted: string): Channel[] {
  const needle = wanted.trim().toLowerCase().replace(/^@/, "");
  const fits = (channel: Channel) =>
    needle === "" || channel.title.toLowerCase().includes(needle) || (channel.username ?? "").toLowerCase().includes(needle);
  return channels.filter(fits).sort((a, b) => (b.last_activity ?? "").localeCompare(a.last_activity ?? ""));
}

/// Nothing to follow with yet: the way leads over the accounts.
function NoChannels({ onFollow }: { onFollow: () => void }) {
  const { t } = useTranslation();
  const accounts = useAccounts();
  const mayWrite = useMayWrite();
  if (!mayWrite) return <Empty icon={Megaphone} title={t("channels.empty")} text={t("channels.empty_viewer")} />;
  if (accounts.data?.length === 0)
    return (
      <Empty icon={Megaphone} title={t("channels.empty")} text={t("channels.needs_account")}>
        <Link href="/accounts" className="button button-main">
          {t("channels.to_accounts")}
        </Link>
      </Empty>
    );
  return (
    <Empty icon={Megaphone} title={t("channels.empty")} text={t("channels.empty_text")}>
      <Button look="main" icon={Plus} onPress={onFollow}>
        {t("channels.follow")}
      </Button>
    </Empty>
  );
}

export function Channels({ channel: open }: { channel: string | null }) {
  const { t } = useTranslation();
  const channels = useChannels();
  const mayWrite = useMayWrite();
  const [wanted, setWanted] = useState("");
  const [isFollowing, setIsFollowing] = useState(false);
  useLiveChannels();

  const shown = useMemo(() => sorted(channels.data ?? [], wanted), [channels.data, wanted]);
  const here = channels.data?.find((channel) => channel.id === open) ?? null;
  useTitle(here?.title ?? t("channels.title"));

  return (
    <div className={`panes${open === null ? "" : " panes-open"}`}>
      <section className="pane-list" aria-label={t("channels.title")}>
        <header className="page-head">
          <h1>{t("channels.title")}</h1>
          {mayWrite && <IconButton icon={Plus} label={t("channels.follow")} onPress={() => setIsFollowing(true)} />}
        </header>
        {(channels.data?.length ?? 0) > 0 && (
          <SearchField className="pane-filter" aria-label={t("channels.filter")} value={wanted} onChange={setWanted}>
            <Input className="input" placeholder={t("channels.filter")} />
          </SearchField>
        )}
        {channels.isPending && <Loading />}
        {channels.error && !channels.data && <ErrorState error={channels.error} onRetry={() => void channels.refetch()} />}
        {channels.data?.length === 0 && <NoChannels onFollow={() => setIsFollowing(true)} />}
        {channels.data && channels.data.length > 0 && shown.length === 0 && <Empty title={t("channels.none_fits")} />}
        {shown.length > 0 && (
          <ul className="chat-list">
            {shown.map((channel) => (
              <ChannelRow key={channel.id} channel={channel} isHere={channel.id === open} />
            ))}
          </ul>
        )}
      </section>
      <section className="pane-view" aria-label={here?.title ?? t("channels.title")}>
        {here && <ChannelView key={here.id} channel={here} />}
        {!here && open === null && (
          <div className="chat chat-nothing">
            <p className="pill">{t("channels.choose")}</p>
          </div>
        )}
        {!here && open !== null && channels.data && (
          <Empty icon={Megaphone} title={t("channels.unknown")} text={t("channels.unknown_text")}>
            <Link href="/channels" className="button button-main">
              {t("frame.to_channels")}
            </Link>
          </Empty>
        )}
      </section>
      {isFollowing && <FollowDialog onClose={() => setIsFollowing(false)} />}
    </div>
  );
}

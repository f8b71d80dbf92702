// The list of channels, and beside it the one that is read.

import { Megaphone, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAccounts } from "../../api/accounts";
import { useChannels, useLiveChannels, type Channel } from "../../api/channels";
import { useMayWrite } from "../../app/session";
import { Button, IconButton } from "../../components/Button";
import { useTitle } from "../../components/Page";
import { PaneFilter, PaneHint, PaneRow, Panes } from "../../components/Panes";
import { Empty, ErrorState, Loading } from "../../components/States";
import { useFormats } from "../../components/Time";
import { ChannelView } from "./ChannelView";
import { FollowDialog } from "./FollowDialog";

function ChannelRow({ channel, isHere }: { channel: Channel; isHere: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { completeness } = channel;
  let end = <span>{formats.compact.format(completeness.messages)}</span>;
  if (channel.collecting) end = <span className="tag">{t("channels.collecting")}</span>;
  else if (completeness.missing_ids > 0) end = <span className="tag tag-warning">{t("channels.missing", { count: completeness.missing_ids })}</span>;
  return (
    <PaneRow
      href={`/channels/${channel.id}`}
      isHere={isHere}
      id={channel.id}
      title={channel.title}
      at={channel.last_activity}
      line={channel.username === null ? t("channels.private") : `@${channel.username}`}
      end={end}
    />
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
    <>
      <Panes
        title={t("channels.title")}
        actions={mayWrite && <IconButton icon={Plus} label={t("channels.follow")} onPress={() => setIsFollowing(true)} />}
        filter={(channels.data?.length ?? 0) > 0 && <PaneFilter label={t("channels.filter")} value={wanted} onChange={setWanted} />}
        list={
          <>
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
          </>
        }
        isOpen={open !== null}
        viewTitle={here?.title ?? t("channels.title")}
        view={
          <>
            {here && <ChannelView key={here.id} channel={here} />}
            {!here && open === null && <PaneHint text={t("channels.choose")} />}
            {!here && open !== null && channels.data && (
              <Empty icon={Megaphone} title={t("channels.unknown")} text={t("channels.unknown_text")}>
                <Link href="/channels" className="button button-main">
                  {t("frame.to_channels")}
                </Link>
              </Empty>
            )}
          </>
        }
      />
      {isFollowing && <FollowDialog onClose={() => setIsFollowing(false)} />}
    </>
  );
}

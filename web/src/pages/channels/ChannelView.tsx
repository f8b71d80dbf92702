// One channel: its head, how far its collection is, and its posts.

import { ArrowLeft, CalendarDays, Info, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton, Dialog, DialogTrigger, Input, Label, Popover, TextField } from "react-aria-components";
import { Link, useLocation, useSearchParams } from "wouter";
import { useCollection, type Channel } from "../../api/channels";
import { Avatar } from "../../components/Avatar";
import { Button, IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { ChannelInfo } from "./ChannelInfo";
import { Chat } from "./Chat";
import { CollectionBar } from "./CollectionBar";

/// Shows the posts up to the end of a day.
function DatePopover({ onChoose }: { onChoose: (day: string) => void }) {
  const { t } = useTranslation();
  const [day, setDay] = useState("");
  return (
    <DialogTrigger>
      <IconButton icon={CalendarDays} label={t("chat.go_to_date")} />
      <Popover className="popover popover-padded">
        <Dialog aria-label={t("chat.go_to_date")} className="popover-dialog">
          {({ close }) => (
            <form
              className="form"
              onSubmit={(event) => {
                event.preventDefault();
                if (day) onChoose(day);
                close();
              }}
            >
              <TextField className="field" type="date" value={day} onChange={setDay} isRequired autoFocus>
                <Label className="field-label">{t("chat.date")}</Label>
                <Input className="input" />
              </TextField>
              <Button type="submit" look="main" wide>
                {t("chat.show")}
              </Button>
            </form>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/// The end of a day of the browser's time zone, as the API wants it.
function endOfDay(day: string): string {
  const end = new Date(`${day}T00:00:00`);
  end.setDate(end.getDate() + 1);
  return end.toISOString();
}

/// A moment that still includes the post that was asked for.
function after(moment: string): string {
  return new Date(new Date(moment).getTime() + 1000).toISOString();
}

export function ChannelView({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [search] = useSearchParams();
  const [isInfoOpen, setIsInfoOpen] = useState(false);
  const collection = useCollection(channel.id, channel.collecting || isInfoOpen);

  const wantedPost = search.get("post");
  const wantedUntil = search.get("until");
  const until = wantedUntil === null ? null : wantedPost === null ? wantedUntil : after(wantedUntil);
  const path = `/channels/${channel.id}`;

  return (
    <>
      <header className="chat-head">
        <Link href="/channels" className="icon-button chat-back" aria-label={t("common.back")}>
          <Icon of={ArrowLeft} size={20} />
        </Link>
        <AriaButton className="chat-title" onPress={() => setIsInfoOpen(true)}>
          <span className="hidden-text">{t("chat.info")}</span>
          <Avatar id={channel.id} title={channel.title} size={40} />
          <span className="chat-row-words">
            <strong className="chat-row-title">{channel.title}</strong>
            <span className="small quiet chat-row-title">
              {t("channels.messages", { count: channel.completeness.messages })} · {t(channel.live ? "channels.live" : "channels.not_live")}
            </span>
          </span>
        </AriaButton>
        <Link href={`/search?channel=${channel.id}`} className="icon-button" aria-label={t("chat.search")}>
          <Icon of={Search} size={20} />
        </Link>
        <DatePopover onChoose={(day) => navigate(`${path}?until=${encodeURIComponent(endOfDay(day))}`)} />
        <IconButton icon={Info} label={t("chat.info")} onPress={() => setIsInfoOpen(true)} />
      </header>
      {channel.collecting && <CollectionBar collection={collection.data} />}
      <Chat
        key={until ?? "now"}
        channel={channel}
        until={until}
        wanted={wantedPost === null ? null : Number(wantedPost)}
        onNewest={() => navigate(path)}
      />
      {isInfoOpen && <ChannelInfo channel={channel} collection={collection.data} onClose={() => setIsInfoOpen(false)} />}
    </>
  );
}

// RSS and Atom feeds with secret addresses.

import { Plus, Rss } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "react-aria-components";
import { useFeeds, useMakeFeed, useRemoveFeed, type Feed } from "../../api/access";
import { useChannels } from "../../api/channels";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Copy } from "../../components/Copy";
import { Confirm, Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Card } from "../../components/Page";
import { Empty, ErrorNote, ErrorState, Loading } from "../../components/States";
import { Ago } from "../../components/Time";

const ALL = "all";

function NewFeed({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const channels = useChannels();
  const make = useMakeFeed();
  const [channel, setChannel] = useState<string>(ALL);
  const [search, setSearch] = useState("");
  const whole = (path: string) => new URL(path, window.location.origin).href;
  if (make.data)
    return (
      <Dialog title={t("feeds.made")} isOpen onClose={onClose} role="alertdialog">
        <p>{t("feeds.shown_once")}</p>
        <Copy label="RSS" text={whole(make.data.rss)} />
        <Copy label="Atom" text={whole(make.data.atom)} />
        <div className="actions">
          <Button look="main" onPress={onClose} autoFocus>
            {t("common.done")}
          </Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t("feeds.add")} isOpen onClose={onClose}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ ...(channel === ALL ? {} : { channel }), ...(search.trim() ? { search: search.trim() } : {}) });
        }}
      >
        <Choice
          label={t("search.channel")}
          options={[
            { value: ALL, label: t("search.all_channels") },
            ...(channels.data ?? []).map((one) => ({ value: one.id, label: one.title })),
          ]}
          value={channel}
          onChange={setChannel}
        />
        <Field label={t("feeds.search")} hint={t("feeds.search_hint")} value={search} onChange={setSearch} />
        {make.error && <ErrorNote error={make.error} />}
        <div className="actions">
          <Button look="quiet" onPress={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" look="main" isPending={make.isPending}>
            {t("feeds.add")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

export function Feeds() {
  const { t } = useTranslation();
  const feeds = useFeeds();
  const remove = useRemoveFeed();
  const [isAdding, setIsAdding] = useState(false);
  const [asked, setAsked] = useState<Feed | null>(null);
  return (
    <Card
      title={t("settings.feeds")}
      actions={
        <Button icon={Plus} onPress={() => setIsAdding(true)}>
          {t("feeds.add")}
        </Button>
      }
    >
      <p className="quiet">{t("feeds.text")}</p>
      {remove.error && <ErrorNote error={remove.error} />}
      {feeds.isPending && <Loading />}
      {feeds.error && <ErrorState error={feeds.error} onRetry={() => void feeds.refetch()} />}
      {feeds.data?.length === 0 && <Empty icon={Rss} title={t("feeds.empty")} />}
      <ul className="rows">
        {feeds.data?.map((feed) => (
          <li key={feed.id} className="row">
            <span className="row-main">
              <span className="row-text">{feed.title}</span>
              <span className="small quiet">
                {feed.search !== null && `${feed.search} · `}
                <Ago at={feed.created} />
              </span>
            </span>
            <Button look="quiet" onPress={() => setAsked(feed)} aria-label={`${t("feeds.remove")}: ${feed.title}`}>
              {t("feeds.remove")}
            </Button>
          </li>
        ))}
      </ul>
      {isAdding && <NewFeed onClose={() => setIsAdding(false)} />}
      {asked && (
        <Confirm
          title={t("feeds.remove_question", { title: asked.title })}
          text={t("feeds.remove_text")}
          action={t("feeds.remove")}
          isOpen
          isBusy={remove.isPending}
          onClose={() => setAsked(null)}
          onConfirm={() => remove.mutate(asked.id, { onSettled: () => setAsked(null) })}
        />
      )}
    </Card>
  );
}

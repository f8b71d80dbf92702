// RSS and Atom feeds with secret addresses.

import { Rss } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFeeds, useMakeFeed, useRemoveFeed } from "../../api/access";
import { Button } from "../../components/Button";
import { ALL_CHANNELS, ChannelChoice } from "../../components/ChannelChoice";
import { Copy } from "../../components/Copy";
import { DialogForm, ShownOnce } from "../../components/DialogForm";
import { Field } from "../../components/Field";
import { ListCard, RowDetail, RowWords } from "../../components/ListCard";
import { Ago } from "../../components/Time";

function NewFeed({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const make = useMakeFeed();
  const [channel, setChannel] = useState<string>(ALL_CHANNELS);
  const [search, setSearch] = useState("");
  const whole = (path: string) => new URL(path, window.location.origin).href;
  if (make.data)
    return (
      <ShownOnce title={t("feeds.made")} text={t("feeds.shown_once")} onClose={onClose}>
        <Copy label="RSS" text={whole(make.data.rss)} />
        <Copy label="Atom" text={whole(make.data.atom)} />
      </ShownOnce>
    );
  return (
    <DialogForm
      title={t("feeds.add")}
      submit={t("feeds.add")}
      isBusy={make.isPending}
      error={make.error}
      onClose={onClose}
      onSubmit={() =>
        make.mutate({ ...(channel === ALL_CHANNELS ? {} : { channel }), ...(search.trim() ? { search: search.trim() } : {}) })
      }
    >
      <ChannelChoice value={channel} onChange={setChannel} />
      <Field label={t("feeds.search")} hint={t("feeds.search_hint")} value={search} onChange={setSearch} />
    </DialogForm>
  );
}

export function Feeds() {
  const { t } = useTranslation();
  const feeds = useFeeds();
  const remove = useRemoveFeed();
  return (
    <ListCard
      title={t("settings.feeds")}
      text={t("feeds.text")}
      list={feeds}
      keyOf={(feed) => feed.id}
      empty={{ icon: Rss, title: t("feeds.empty") }}
      add={{ label: t("feeds.add"), dialog: (close) => <NewFeed onClose={close} /> }}
      failure={remove.error}
      removal={{
        action: t("feeds.remove"),
        question: (feed) => t("feeds.remove_question", { title: feed.title }),
        text: t("feeds.remove_text"),
        isBusy: remove.isPending,
        run: (feed, done) => remove.mutate(feed.id, { onSettled: done }),
      }}
    >
      {(feed, ask) => (
        <>
          <RowWords title={feed.title}>
            <RowDetail>
              {feed.search !== null && `${feed.search} · `}
              <Ago at={feed.created} />
            </RowDetail>
          </RowWords>
          <Button look="quiet" onPress={ask} aria-label={`${t("feeds.remove")}: ${feed.title}`}>
            {t("feeds.remove")}
          </Button>
        </>
      )}
    </ListCard>
  );
}

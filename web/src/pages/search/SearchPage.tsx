// Full-text search over every channel that one may see.

import { ListFilter, Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Input, SearchField } from "react-aria-components";
import { useSearchParams } from "wouter";
import { useSearch, type FoundPost } from "../../api/posts";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { ALL_CHANNELS, ChannelChoice } from "../../components/ChannelChoice";
import { Field } from "../../components/Field";
import { Page } from "../../components/Page";
import { PostDialog } from "../../components/post/PostDialog";
import { PostText } from "../../components/post/PostText";
import type { Mark } from "../../components/post/segments";
import { Empty, ErrorState, Loading } from "../../components/States";
import { Moment } from "../../components/Time";

function marksOf(post: FoundPost): Mark[] {
  const found = post.highlights.map((place) => ({ type: "found", offset: place.offset, length: place.length }));
  return [...(post.entities as Mark[]), ...found];
}

function Hit({ post, onOpen }: { post: FoundPost; onOpen: () => void }) {
  const { t } = useTranslation();
  return (
    <li className="card hit">
      <header className="hit-head">
        <Avatar id={post.channel_id} title={post.channel_title} size={32} />
        <span className="chat-row-title">
          <strong>{post.channel_title}</strong>
        </span>
        <span className="small quiet">
          <Moment at={post.date} />
        </span>
      </header>
      <div className="hit-text">
        <PostText text={post.text} marks={marksOf(post)} />
      </div>
      <Button look="quiet" onPress={onOpen} aria-label={`${t("search.open")}: ${t("post.open", { number: post.id })}`}>
        {t("search.open")}
      </Button>
    </li>
  );
}

/// The beginning of a day, or of the one after it.
function dayBorder(day: string, days: number): string | null {
  if (!day) return null;
  const date = new Date(`${day}T00:00:00`);
  if (Number.isNaN(date.getTime())) return null;
  date.setDate(date.getDate() + days);
  return date.toISOString();
}

export function SearchPage() {
  const { t } = useTranslation();
  const [address, setAddress] = useSearchParams();
  const q = address.get("q") ?? "";
  const channel = address.get("channel");
  const since = address.get("since") ?? "";
  const until = address.get("until") ?? "";
  const [text, setText] = useState(q);
  const [known, setKnown] = useState(q);
  const [hasFilters, setHasFilters] = useState(channel !== null || since !== "" || until !== "");
  const [opened, setOpened] = useState<FoundPost | null>(null);
  // A link (a hashtag, for example) has changed what is searched for.
  if (known !== q) {
    setKnown(q);
    setText(q);
  }

  const search = useSearch({ q, channel, since: dayBorder(since, 0), until: dayBorder(until, 1) });
  const hits = search.data?.pages.flatMap((page) => page.items) ?? [];
  const behind = search.data?.pages.at(-1)?.behind ?? 0;

  const set = (name: "q" | "channel" | "since" | "until", value: string) => {
    const next = new URLSearchParams(address);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setAddress(next, { replace: name !== "q" });
  };

  return (
    <Page title={t("search.title")}>
      <form
        role="search"
        className="search-form"
        onSubmit={(event) => {
          event.preventDefault();
          set("q", text.trim());
        }}
      >
        <SearchField className="search-field" aria-label={t("search.words")} value={text} onChange={setText} autoFocus onClear={() => set("q", "")}>
          <Input className="input" placeholder={t("search.words")} />
        </SearchField>
        <Button type="submit" look="main" icon={Search}>
          {t("search.action")}
        </Button>
        <Button look="quiet" icon={ListFilter} aria-expanded={hasFilters} onPress={() => setHasFilters(!hasFilters)}>
          {t("search.filters")}
        </Button>
      </form>
      {hasFilters && (
        <div className="search-filters">
          <ChannelChoice
            value={channel ?? ALL_CHANNELS}
            onChange={(value) => set("channel", value === ALL_CHANNELS ? "" : value)}
          />
          <Field label={t("search.since")} type="date" value={since} onChange={(value) => set("since", value)} />
          <Field label={t("search.until")} type="date" value={until} onChange={(value) => set("until", value)} />
        </div>
      )}
      {q === "" && <Empty icon={Search} title={t("search.begin")} text={t("search.begin_text")} />}
      {q !== "" && search.isPending && <Loading />}
      {search.error && hits.length === 0 && <ErrorState error={search.error} onRetry={() => void search.refetch()} />}
      {search.data && hits.length === 0 && !search.hasNextPage && (
        <Empty icon={Search} title={t("search.nothing")} text={t("search.nothing_text")} />
      )}
      {behind > 0 && <p className="quiet small">{t("search.behind", { count: behind })}</p>}
      {hits.length > 0 && (
        <ul className="stack" aria-label={t("search.results")}>
          {hits.map((post) => (
            <Hit key={`${post.channel_id} ${post.id}`} post={post} onOpen={() => setOpened(post)} />
          ))}
        </ul>
      )}
      {search.hasNextPage && (
        <div className="actions actions-centred">
          <Button isPending={search.isFetchingNextPage} onPress={() => void search.fetchNextPage()}>
            {t("search.more")}
          </Button>
        </div>
      )}
      {opened && <PostDialog channel={opened.channel_id} post={opened.id} onClose={() => setOpened(null)} />}
    </Page>
  );
}

// The user's own things, and for admins those of everybody.

import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useUser } from "../../app/session";
import { Page } from "../../components/Page";
import { Audit } from "./Audit";
import { Feeds } from "./Feeds";
import { Profile } from "./Profile";
import { System } from "./System";
import { Tokens } from "./Tokens";
import { Users } from "./Users";
import { Webhooks } from "./Webhooks";

const TABS = {
  profile: { page: Profile, adminOnly: false },
  tokens: { page: Tokens, adminOnly: false },
  webhooks: { page: Webhooks, adminOnly: false },
  feeds: { page: Feeds, adminOnly: false },
  users: { page: Users, adminOnly: true },
  audit: { page: Audit, adminOnly: true },
  system: { page: System, adminOnly: false },
} as const;
type TabName = keyof typeof TABS;

export function Settings({ tab }: { tab: string | null }) {
  const { t } = useTranslation();
  const isAdmin = useUser().role === "admin";
  const tabs = (Object.keys(TABS) as TabName[]).filter((name) => isAdmin || !TABS[name].adminOnly);
  const here = tabs.find((name) => name === tab) ?? "profile";
  const Content = TABS[here].page;
  const nav = useRef<HTMLElement>(null);
  // On a phone the tabs are wider than the window.
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" }), [here]);
  return (
    <Page title={t("settings.title")}>
      <nav ref={nav} className="sub-nav" aria-label={t("settings.title")}>
        <Link href="/events" className="sub-link phone-only">
          {t("frame.events")}
        </Link>
        {tabs.map((name) => (
          <Link key={name} href={`/settings/${name}`} className="sub-link" aria-current={name === here ? "page" : undefined}>
            {t(`settings.${name}`)}
          </Link>
        ))}
      </nav>
      <div className="stack">
        <Content />
      </div>
    </Page>
  );
}

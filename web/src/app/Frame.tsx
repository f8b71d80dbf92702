// What stands around every page: where one can go, who is signed in, whether the connection lives.

import { Activity, CircleUserRound, LogOut, Megaphone, MessagesSquare, Search, Settings, UsersRound, WifiOff, type LucideIcon } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { IconButton } from "../components/Button";
import { Icon } from "../components/Icon";
import { live, useLinkState } from "./live";
import { useMayWrite, useSignOut, useUser } from "./session";

/// A hiccup is nobody's business.
const TELL_AFTER_MS = 2500;

interface Place {
  path: string;
  icon: LucideIcon;
  name: "channels" | "chats" | "search" | "accounts" | "events" | "settings";
  /// A phone has no room for it at the bottom; there the way leads over the settings.
  wideOnly?: boolean;
  /// What it is called where there is little room.
  phoneName?: "more";
}

export const PLACES: readonly Place[] = [
  { path: "/channels", icon: Megaphone, name: "channels" },
  { path: "/chats", icon: MessagesSquare, name: "chats" },
  { path: "/search", icon: Search, name: "search" },
  { path: "/accounts", icon: UsersRound, name: "accounts" },
  { path: "/events", icon: Activity, name: "events", wideOnly: true },
  { path: "/settings", icon: Settings, name: "settings", phoneName: "more" },
];

function useLostFor(milliseconds: number): boolean {
  const state = useLinkState();
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    if (state !== "lost") {
      setIsLong(false);
      return undefined;
    }
    const timer = window.setTimeout(() => setIsLong(true), milliseconds);
    return () => window.clearTimeout(timer);
  }, [state, milliseconds]);
  return isLong;
}

function PlaceLink({ place, isHere }: { place: Place; isHere: boolean }) {
  const { t } = useTranslation();
  return (
    <li className={place.wideOnly ? "wide-only" : undefined}>
      <Link href={place.path} className="rail-link" aria-current={isHere ? "page" : undefined}>
        <Icon of={place.icon} size={22} />
        <span className={place.phoneName && "wide-only"}>{t(`frame.${place.name}`)}</span>
        {place.phoneName && <span className="phone-only">{t(`frame.${place.phoneName}`)}</span>}
      </Link>
    </li>
  );
}

export function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  const user = useUser();
  const mayWrite = useMayWrite();
  const signOut = useSignOut();
  const isLost = useLostFor(TELL_AFTER_MS);

  useEffect(() => {
    live.start(mayWrite);
    return () => live.stop();
  }, [mayWrite]);

  return (
    <div className="frame">
      <a href="#main" className="skip-link">
        {t("frame.skip")}
      </a>
      <nav className="rail" aria-label={t("frame.navigation")}>
        <img src="/icon.svg" alt="Ledgram" width="36" height="36" className="rail-logo" />
        <ul className="rail-places">
          {PLACES.map((place) => (
            <PlaceLink key={place.path} place={place} isHere={location === place.path || location.startsWith(`${place.path}/`)} />
          ))}
        </ul>
        <div className="rail-user">
          <span className="rail-name" title={user.name}>
            <Icon of={CircleUserRound} size={20} />
            <span>{user.name}</span>
          </span>
          <IconButton icon={LogOut} label={t("frame.sign_out")} onPress={() => void signOut()} />
        </div>
      </nav>
      <main id="main" className="main" tabIndex={-1}>
        <div role="status" className="link-status">
          {isLost && (
            <span className="link-lost">
              <Icon of={WifiOff} size={15} />
              {t("frame.connection_lost")}
            </span>
          )}
        </div>
        {children}
      </main>
    </div>
  );
}

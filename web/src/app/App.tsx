// Which page stands at which path, and what everybody needs around it.

import { QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { Compass } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { I18nProvider } from "react-aria-components";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import { whenSignedOut } from "../api/client";
import { problemOf } from "../api/problem";
import { Page } from "../components/Page";
import { Empty, ErrorState, Loading } from "../components/States";
import { Setup } from "../pages/auth/Setup";
import { SignIn } from "../pages/auth/SignIn";
import { Frame } from "./Frame";
import { ME, UserProvider, useMe } from "./session";

const Accounts = lazy(async () => ({ default: (await import("../pages/accounts/Accounts")).Accounts }));
const Channels = lazy(async () => ({ default: (await import("../pages/channels/Channels")).Channels }));
const Chats = lazy(async () => ({ default: (await import("../pages/chats/Chats")).Chats }));
const SearchPage = lazy(async () => ({ default: (await import("../pages/search/SearchPage")).SearchPage }));
const Events = lazy(async () => ({ default: (await import("../pages/events/Events")).Events }));
const Settings = lazy(async () => ({ default: (await import("../pages/settings/Settings")).Settings }));

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // Only what may be better in a moment is tried again.
      retry: (failures, error) => failures < 2 && ["network", "server"].includes(problemOf(error).side),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});

function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("frame.not_found")}>
      <Empty icon={Compass} title={t("frame.not_found")} text={t("frame.not_found_text")}>
        <Link href="/channels" className="button button-main">
          {t("frame.to_channels")}
        </Link>
      </Empty>
    </Page>
  );
}

function Pages() {
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        <Route path="/">
          <Redirect to="/channels" replace />
        </Route>
        <Route path="/setup">
          <Redirect to="/accounts" replace />
        </Route>
        <Route path="/channels/:channel?">{({ channel }) => <Channels channel={channel ?? null} />}</Route>
        <Route path="/chats/:account?/:chat?">
          {({ account, chat }) => <Chats account={account ?? null} chat={chat ?? null} />}
        </Route>
        <Route path="/search" component={SearchPage} />
        <Route path="/accounts" component={Accounts} />
        <Route path="/events" component={Events} />
        <Route path="/settings/:tab?">{({ tab }) => <Settings tab={tab ?? null} />}</Route>
        <Route component={NotFound} />
      </Switch>
    </Suspense>
  );
}

function Session() {
  const me = useMe();
  const queries = useQueryClient();
  const [location] = useLocation();

  useEffect(() => {
    whenSignedOut(() => queries.setQueryData(ME, null));
  }, [queries]);

  if (me.isPending) return <Loading />;
  if (me.error) return <ErrorState error={me.error} onRetry={() => void me.refetch()} />;
  if (!me.data) return location === "/setup" ? <Setup /> : <SignIn />;
  return (
    <UserProvider value={me.data}>
      <Frame>
        <Pages />
      </Frame>
    </UserProvider>
  );
}

export function App() {
  const { i18n } = useTranslation();
  return (
    <I18nProvider locale={i18n.language}>
      <QueryClientProvider client={client}>
        <Session />
      </QueryClientProvider>
    </I18nProvider>
  );
}

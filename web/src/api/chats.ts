// Chats of an account, as Telegram tells them at that moment; Ledgram stores nothing of them.

import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLookAgain } from "./activity";
import { api, bodyOf, type Schemas } from "./client";
import type { paths } from "./schema";

export type Dialog = Schemas["Dialog"];
export type Peer = Schemas["Peer"];
type Page = paths["/api/v1/accounts/{account}/dialogs"]["get"]["responses"]["200"]["content"]["application/json"];
type Pages = InfiniteData<Page, string | null>;

/// The API's largest page.
const PAGE = 100;
/// Something happens in some chat all the time.
const LOOK_REST_MS = 5000;

function fetchDialogs(account: number, cursor: string | null): Promise<Page> {
  const query = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
  return bodyOf(api.GET("/api/v1/accounts/{account}/dialogs", { params: { path: { account }, query } }));
}

/// When its last message was written; at the end if it has none.
const dateOf = (dialog: Dialog) => dialog.last_message?.date ?? "";

/// The first page as it is now, before what is known of the others. A chat with news has moved to the front; one that the page does not
/// have, although it would belong there, is gone.
function withFirst(known: Pages, fresh: Page): Pages {
  const [head, ...rest] = known.pages;
  if (!head || rest.length === 0 || fresh.next === null) return { pages: [fresh], pageParams: [null] };
  const here = new Set(fresh.items.map(({ chat }) => chat.ref));
  const last = fresh.items.reduce((least, dialog) => (!dialog.pinned && dateOf(dialog) < least ? dateOf(dialog) : least), "9");
  const isBehind = (dialog: Dialog) => !here.has(dialog.chat.ref) && dateOf(dialog) <= last;
  const pushedOut = head.items.filter(isBehind).map((dialog) => ({ ...dialog, pinned: false }));
  const pages = [
    { ...head, items: [...fresh.items, ...pushedOut] },
    ...rest.map((page) => ({ ...page, items: page.items.filter(isBehind) })),
  ];
  return { ...known, pages };
}

/// Pinned ones first, then those with the newest messages.
export function useDialogs(account: number) {
  const client = useQueryClient();
  const key = ["dialogs", account];
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => fetchDialogs(account, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // Signals keep it fresh; every page would be asked for again, and Telegram does not like that.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const isFetching = () => client.isFetching({ queryKey: key, exact: true }) > 0;
  useLookAgain({
    account,
    chat: null,
    rest: LOOK_REST_MS,
    isKept: () => client.getQueryData(key) !== undefined,
    look: async () => {
      // A page that is under way would undo what is brought in meanwhile.
      if (isFetching()) return false;
      if (client.getQueryData(key) === undefined) return true;
      const fresh = await fetchDialogs(account, null);
      if (isFetching()) return false;
      client.setQueryData<Pages>(key, (known) => known && withFirst(known, fresh));
      return true;
    },
  });
  const dialogs = useMemo(() => {
    const seen = new Set<string>();
    // While one leafs, a chat with news moves to the front and would come twice.
    const all = query.data?.pages.flatMap((page) => page.items) ?? [];
    return all.filter(({ chat }) => !seen.has(chat.ref) && seen.add(chat.ref));
  }, [query.data]);
  return { ...query, dialogs };
}

export function useChat(account: number, chat: string) {
  return useQuery({
    queryKey: ["chat", account, chat],
    queryFn: () => bodyOf(api.GET("/api/v1/accounts/{account}/chats/{chat}", { params: { path: { account, chat } } })),
    staleTime: 60_000,
  });
}

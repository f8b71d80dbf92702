// How chats are called.

import { useTranslation } from "react-i18next";
import { useAccounts } from "../../api/accounts";
import type { Peer } from "../../api/chats";

/// The account's chat with itself has a name of its own, and who deleted their account has none.
export function useTitleOf(account: number): (peer: Peer) => string {
  const { t } = useTranslation();
  const self = useAccounts().data?.find((one) => one.id === account)?.telegram_id;
  return (peer) => {
    if (peer.type === "user" && self != null && String(self) === peer.id) return t("chats.saved");
    return peer.title ?? t("chats.nameless");
  };
}

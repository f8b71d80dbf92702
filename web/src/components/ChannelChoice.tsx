// One of the channels that one follows, or all of them.

import { useTranslation } from "react-i18next";
import { useChannels } from "../api/channels";
import { Choice } from "./Choice";

export const ALL_CHANNELS = "all";

export function ChannelChoice({ value, onChange }: { value: string; onChange: (channel: string) => void }) {
  const { t } = useTranslation();
  const channels = useChannels();
  const options = [
    { value: ALL_CHANNELS, label: t("search.all_channels") },
    ...(channels.data ?? []).map((one) => ({ value: one.id, label: one.title })),
  ];
  return <Choice label={t("search.channel")} options={options} value={value} onChange={onChange} />;
}

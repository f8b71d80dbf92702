// A secret that is shown once, to be copied.

import { Check, Copy as CopyDrawing } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";

export function Copy({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation();
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    // Only there over TLS and on this machine; elsewhere the text can be selected.
    await navigator.clipboard?.writeText(text);
    setIsCopied(Boolean(navigator.clipboard));
  };
  return (
    <div className="copy">
      <span className="field-label">{label}</span>
      <span className="copy-line">
        <code className="copy-text">{text}</code>
        <IconButton icon={isCopied ? Check : CopyDrawing} label={t(isCopied ? "common.copied" : "common.copy")} onPress={() => void copy()} />
      </span>
    </div>
  );
}

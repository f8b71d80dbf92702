// Language and theme.

import { useTranslation } from "react-i18next";
import { Choice } from "../components/Choice";
import { LANGUAGES, setLanguage, type Language } from "../i18n";
import { setTheme, THEMES, useTheme } from "./theme";

const LANGUAGE_OPTIONS = (Object.keys(LANGUAGES) as Language[]).map((value) => ({ value, label: LANGUAGES[value] }));

export function Appearance({ withLabels = false }: { withLabels?: boolean }) {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  return (
    <div className="appearance">
      <Choice
        label={t("frame.language")}
        hideLabel={!withLabels}
        options={LANGUAGE_OPTIONS}
        value={i18n.language as Language}
        onChange={(language) => void setLanguage(language)}
      />
      <Choice
        label={t("frame.theme")}
        hideLabel={!withLabels}
        options={THEMES.map((value) => ({ value, label: t(`frame.theme_${value}`) }))}
        value={theme}
        onChange={setTheme}
      />
    </div>
  );
}

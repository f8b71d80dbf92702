// Three languages. English is in the first load; the others come when they are chosen.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";

export const LANGUAGES = { en: "English", uk: "Українська", ru: "Русский" } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = "ledgram.language";

/// The groups and keys of English; and where English has one and other, the two forms more that Slavic languages need.
export type TextsLike<T> = {
  [Group in keyof T]: { [Key in keyof T[Group]]: string } & {
    [Key in keyof T[Group] as Key extends `${infer Stem}_one` ? `${Stem}_few` | `${Stem}_many` : never]: string;
  };
};
export type Texts = TextsLike<typeof en>;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
    returnNull: false;
  }
}

const LOADERS: Record<Exclude<Language, "en">, () => Promise<Texts>> = {
  uk: async () => (await import("./uk")).uk,
  ru: async () => (await import("./ru")).ru,
};

function isLanguage(value: string | null | undefined): value is Language {
  return value === "en" || value === "uk" || value === "ru";
}

function preferred(): Language {
  const stored = localStorage.getItem(KEY);
  if (isLanguage(stored)) return stored;
  for (const wanted of navigator.languages) {
    const short = wanted.slice(0, 2).toLowerCase();
    if (isLanguage(short)) return short;
  }
  return "en";
}

async function show(language: Language): Promise<void> {
  if (language !== "en" && !i18next.hasResourceBundle(language, "translation"))
    i18next.addResourceBundle(language, "translation", await LOADERS[language]());
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language);
  await show(language);
}

export async function startLanguages(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    // React shows texts as texts; nothing is to be escaped twice.
    interpolation: { escapeValue: false },
  });
  await show(preferred());
}

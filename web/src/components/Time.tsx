// Moments, as the language of the app writes them and in the time zone of the browser.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/// The language of the app as the person's region writes it: 24 hours in Britain, 12 in America.
function regional(language: string): string {
  return navigator.languages.find((wanted) => wanted.toLowerCase().startsWith(language)) ?? language;
}

export function useFormats() {
  const { i18n } = useTranslation();
  const language = regional(i18n.language);
  return useMemo(
    () => ({
      clock: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }),
      clockExact: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
      day: new Intl.DateTimeFormat(language, { day: "numeric", month: "long" }),
      dayAndYear: new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" }),
      short: new Intl.DateTimeFormat(language, { day: "2-digit", month: "2-digit", year: "2-digit" }),
      exact: new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }),
      minute: new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
      number: new Intl.NumberFormat(language),
      compact: new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }),
      percent: new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }),
      relative: new Intl.RelativeTimeFormat(language, { numeric: "auto" }),
    }),
    [language],
  );
}

export type Formats = ReturnType<typeof useFormats>;

/// The beginning of a day of the browser's time zone, named as "2026-01-31".
export function dayOf(name: string): Date {
  return new Date(`${name}T00:00:00`);
}

/// The end of a day of the browser's time zone, as the API wants it.
export function endOfDay(day: string): string {
  const end = dayOf(day);
  end.setDate(end.getDate() + 1);
  return end.toISOString();
}

export function dayName(date: Date, formats: Formats): string {
  const sameYear = date.getFullYear() === new Date().getFullYear();
  return (sameYear ? formats.day : formats.dayAndYear).format(date);
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

export function relative(date: Date, formats: Formats): string {
  const seconds = (date.getTime() - Date.now()) / 1000;
  if (Math.abs(seconds) > 30 * 86400) return formats.dayAndYear.format(date);
  for (const [unit, size] of STEPS)
    if (Math.abs(seconds) >= size) return formats.relative.format(Math.round(seconds / size), unit);
  return formats.relative.format(0, "minute");
}

/// "5 minutes ago", with the exact time for whoever wants it.
export function Ago({ at }: { at: string }) {
  const formats = useFormats();
  const date = new Date(at);
  return (
    <time dateTime={at} title={formats.exact.format(date)}>
      {relative(date, formats)}
    </time>
  );
}

export function Moment({ at }: { at: string }) {
  const formats = useFormats();
  return <time dateTime={at}>{formats.minute.format(new Date(at))}</time>;
}

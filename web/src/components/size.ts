// How much room something takes, in the units of the app's language.

const UNITS = ["kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export function sizeText(bytes: number, language: string): string {
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const name = UNITS[unit] ?? "terabyte";
  return new Intl.NumberFormat(language, { style: "unit", unit: name, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

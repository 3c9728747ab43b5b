// Lines of CSV (RFC 4180), safe to open in a spreadsheet: a text that a spreadsheet would take for a formula gets an apostrophe
// before it, which spreadsheets do not show (OWASP, "CSV Injection").
//
// Always holds: unknown is an empty cell, lists stand with `; ` in between, and maps as JSON.

const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

export function toCsvLine(values: readonly unknown[]): string {
  return `${values.map(toCell).join(",")}\r\n`;
}

function toCell(value: unknown): string {
  const text = toText(value);
  // Numbers are ours, and a minus before one is no formula.
  const safe = typeof value !== "number" && FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(String).join("; ");
  return JSON.stringify(value);
}

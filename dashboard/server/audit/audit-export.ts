// A person's own audit as a file, for keeping: CSV or JSON, newest first.

import type { AuditEntryView } from "../../../schemas/audit-api.ts";

const COLUMNS = ["at", "who", "what", "why", "action", "entry_id"] as const;

export function toAuditCsv(entries: readonly AuditEntryView[]): string {
  const lines = entries.map((entry) => COLUMNS.map((column) => toCell(entry[column])).join(","));
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

export function toAuditJson(entries: readonly AuditEntryView[]): string {
  return `${JSON.stringify({ entries }, null, 2)}\n`;
}

/** Quoted; what a spreadsheet would take for a formula begins with an apostrophe. */
function toCell(value: string | number | null): string {
  const text = String(value ?? "");
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""')}"`;
}

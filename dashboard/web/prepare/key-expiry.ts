// When a new key is to end: the choices, and the instant that each means.

const DAY_MS = 86_400_000;

export interface KeyExpiry {
  name: string;
  label: string;
  /** Null: never. */
  days: number | null;
}

/** The first one is chosen where nobody chooses. */
export const KEY_EXPIRIES: readonly KeyExpiry[] = [
  { name: "never", label: "Never", days: null },
  { name: "30d", label: "In 30 days", days: 30 },
  { name: "90d", label: "In 90 days", days: 90 },
  { name: "1y", label: "In a year", days: 365 },
];

/** @param name an unknown one means never */
export function toExpiresAt(name: string, now: Date): string | null {
  const days = KEY_EXPIRIES.find((choice) => choice.name === name)?.days ?? null;
  return days === null ? null : new Date(now.getTime() + days * DAY_MS).toISOString();
}

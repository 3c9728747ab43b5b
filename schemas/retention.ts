// What is kept for how long: the names of the terms, and which of them the operator has set.

export const RETENTIONS = ["sketches", "events", "runs", "weeks", "dismissed"] as const;
export type Retention = (typeof RETENTIONS)[number];

/** In days. */
export type RetentionDays = Record<Retention, number>;

/** The setting under its outside name. */
export function toRetentionSetting(name: Retention): string {
  return `ASSAY_RETENTION_${name.toUpperCase()}_DAYS`;
}

/** @param settings as they were given, by their outside names */
export function listGivenRetention(settings: Readonly<Record<string, unknown>>): Retention[] {
  return RETENTIONS.filter((name) => settings[toRetentionSetting(name)] !== undefined);
}

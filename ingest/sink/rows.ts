// Events, features and outcomes as rows of ClickHouse.

import type { CallFeatures } from "../../schemas/call-features.ts";
import type { Config } from "../../schemas/config.ts";
import type { Outcome } from "../../schemas/outcome.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import type { Pricer } from "./price.ts";

const DAY_MS = 86_400_000;
/** What a repricing adds to a row's version, whose last bit says that the call's own record is in. */
export const ROW_VERSION_STEP = 2;

export interface RowOptions {
  price: Pricer;
  retentionDays: Pick<Config["retentionDays"], "events" | "sketches" | "runs">;
}

/** `keptFrom`: when retention starts to count; the call's own time, or that of an import. */
export function toEventRow(
  event: TokenEvent,
  { price, retentionDays }: RowOptions,
  keptFrom: Date,
): Record<string, unknown> {
  return {
    ...event,
    ...(event.cost_usd === null ? price(event) : {}),
    expires_at: toExpiry(keptFrom, retentionDays.events),
    row_version: toRowVersion(event),
  };
}

export function toFeaturesRow(
  features: CallFeatures,
  { retentionDays }: Pick<RowOptions, "retentionDays">,
  keptFrom: Date,
): Record<string, unknown> {
  return { ...features, expires_at: toExpiry(keptFrom, retentionDays.sketches) };
}

/** Kept as long as the runs that it may belong to: what takes an outcome back may come long after its calls have gone. */
export function toOutcomeRow(
  outcome: Outcome,
  { retentionDays }: Pick<RowOptions, "retentionDays">,
  keptFrom: Date,
): Record<string, unknown> {
  return { ...outcome, expires_at: toExpiry(keptFrom, retentionDays.runs) };
}

/** An intent that nothing followed yields to the event, should that come after all. */
function toRowVersion(event: TokenEvent): number {
  const isIntent = event.error_kind === "interrupted" && event.status === 0;
  return isIntent ? 0 : 1;
}

function toExpiry(from: Date, days: number): string {
  return new Date(from.getTime() + days * DAY_MS).toISOString();
}

// Prices stored calls again, with the prices that hold now: after the price table or ASSAY_PRICES has changed.
//
// It goes through the calls in the order of their time, a bounded batch at a time. A call whose price is another now is
// written again as it is, with the new cost and the next row version, so that it takes the place of the old row and a
// redelivery of the call never takes its place. It comes in anew, so the next pass of analytics sums what it is in again;
// weeks that are frozen stay as they are.
//
// Always holds: a second run changes nothing that the first has changed, so one that was cut off is simply run again. What
// has no usage has no price. A cost that an import brought along, and that no table confirms, stays. The calls of somebody who
// is erased meanwhile are not written again.

import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { TOKEN_FIELDS, type TokenField } from "../../schemas/token-event.ts";
import { createErasedPeople } from "../sink/erased-people.ts";
import type { Price, Pricer } from "../sink/price.ts";
import { ROW_VERSION_STEP } from "../sink/rows.ts";
import { UNPRICED_MODELS_MAX, type UnpricedModel } from "./unpriced-models.ts";

/** Calls that are priced in one go, which holds up the process for some 50 ms, and rows of one insert. */
export const BATCH_CALLS_MAX = 1000;

export interface RepriceSummary {
  from: string;
  /** Calls that started then are no longer in it. */
  to: string;
  calls: number;
  changed: number;
  /** Calls with known usage and no price. */
  unpriced: number;
  /** Most calls first. */
  unpriced_models: UnpricedModel[];
}

export interface RepriceOptions {
  from: Date;
  to: Date;
  price: Pricer;
  /** Told after each batch. */
  onProgress: (progress: { calls: number; changed: number }) => void;
  /** Ends it between two batches. */
  signal: AbortSignal;
}

/** @throws AppError of the store; what was priced before stays, and the next run does the rest */
export async function repriceCalls(
  store: ClickHouseStore,
  { from, to, price, onProgress, signal }: RepriceOptions,
): Promise<RepriceSummary> {
  const progress = { calls: 0, changed: 0 };
  const unpriced = new Map<string, UnpricedModel>();
  const erasedPeople = createErasedPeople(store);
  let after: Position = { after_at: from, after_id: BEFORE_ALL_IDS };
  for (;;) {
    signal.throwIfAborted();
    const rows = await store.query(readCalls, { ...after, to });
    const last = rows.at(-1);
    if (last === undefined) break;
    const changed: StoredCall[] = [];
    for (const row of rows) {
      const priced = price(row);
      const isChanged = isAnother(row, priced);
      if (isChanged) changed.push({ ...row, ...priced, row_version: row.row_version + ROW_VERSION_STEP });
      if (isUnpriced(isChanged ? priced : row, row)) countModel(unpriced, row);
    }
    await erasedPeople.refresh();
    const kept = changed.filter(({ person_id }) => !erasedPeople.isErased(person_id));
    await store.insert("token_events", kept);
    progress.calls += rows.length;
    progress.changed += kept.length;
    onProgress(progress);
    after = { after_at: new Date(last.started_at), after_id: last.event_id };
  }
  const models = [...unpriced.values()].toSorted((a, b) => b.calls - a.calls);
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    ...progress,
    unpriced: models.reduce((sum, { calls }) => sum + calls, 0),
    unpriced_models: models.slice(0, UNPRICED_MODELS_MAX),
  };
}

const BEFORE_ALL_IDS = "00000000-0000-0000-0000-000000000000";

const text = z.string().nullable();
/** ClickHouse sends 64-bit numbers as text; a record's counts are never too large for a number. */
const count = z.string().transform(Number);
const unknownCount = count.nullable();

const tokenCounts = {
  input_tokens: unknownCount,
  cache_read_tokens: unknownCount,
  cache_write_5m_tokens: unknownCount,
  cache_write_1h_tokens: unknownCount,
  output_tokens: unknownCount,
  reasoning_tokens: unknownCount,
  audio_input_tokens: unknownCount,
  audio_output_tokens: unknownCount,
  image_input_tokens: unknownCount,
  image_output_tokens: unknownCount,
} satisfies Record<TokenField, unknown>;

/** The next calls after one. An intent that nothing followed has an even row version, and no usage that could be priced. */
const readCalls = defineQuery({
  name: "reprice: calls",
  sql: `
    SELECT * EXCEPT (ingested_at)
    FROM token_events FINAL
    WHERE started_at >= {after_at:DateTime64(3)} AND started_at < {to:DateTime64(3)}
      AND (started_at, event_id) > ({after_at:DateTime64(3)}, {after_id:UUID})
      AND row_version % ${ROW_VERSION_STEP} = 1
    ORDER BY started_at, event_id
    LIMIT ${BATCH_CALLS_MAX}`,
  params: z.object({ after_at: z.date(), after_id: z.uuid(), to: z.date() }),
  // All other columns go back as they came.
  row: z.looseObject({
    event_id: z.string(),
    started_at: z.string(),
    person_id: text,
    provider: z.string(),
    model_requested: text,
    model_served: text,
    service_tier: text,
    usage_raw: text,
    server_tool_calls: z.record(z.string(), count),
    ...tokenCounts,
    cost_usd: text,
    price_version: text,
    row_version: count,
  }),
});

type StoredCall = z.output<(typeof readCalls)["row"]>;
type Position = Pick<z.input<(typeof readCalls)["params"]>, "after_at" | "after_id">;

function isAnother(row: StoredCall, priced: Price): boolean {
  const isToldByImport = row.cost_usd !== null && row.price_version === null;
  if (isToldByImport && priced.cost_usd === null) return false;
  return priced.cost_usd !== row.cost_usd || priced.price_version !== row.price_version;
}

function isUnpriced({ cost_usd }: Pick<Price, "cost_usd">, row: StoredCall): boolean {
  return cost_usd === null && TOKEN_FIELDS.some((field) => row[field] !== null);
}

function countModel(models: Map<string, UnpricedModel>, row: StoredCall): void {
  const { provider, service_tier } = row;
  const model = row.model_served ?? row.model_requested;
  const key = JSON.stringify([provider, model, service_tier]);
  const known = models.get(key) ?? { provider, model, service_tier, calls: 0 };
  models.set(key, { ...known, calls: known.calls + 1 });
}

// Calls as a gateway records them, and what of them is in ClickHouse.

import { randomUUID } from "node:crypto";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { ask } from "./clickhouse-openers.ts";

export interface Calls {
  next(count: number): TokenEvent[];
  /** Those that are stored, in the order in which they came in. */
  stored(): Promise<unknown[]>;
  costs(): Promise<unknown[]>;
}

/** The calls of one gateway, numbered from 1, each of one token. Those of one key stay in their order. */
export function createCalls(store: ClickHouseStore, ofKeys: "one key" | "many keys"): Calls {
  const gateway_id = randomUUID();
  let sequence = 0;
  const call = (): TokenEvent =>
    buildTokenEvent({
      event_id: randomUUID(),
      gateway_id,
      sequence: ++sequence,
      started_at: new Date().toISOString(),
      key_id: ofKeys === "one key" ? null : randomUUID(),
      provider: "anthropic",
      model_requested: "claude-sonnet-4-5",
      model_served: "claude-sonnet-4-5",
      input_tokens: 1_000_000,
      output_tokens: 0,
    });
  const read = async (column: string, order: string): Promise<unknown[]> => {
    const sql = `SELECT ${column} AS value FROM token_events FINAL WHERE gateway_id = {gateway:String} ${order}`;
    const rows = await store.query(ask(sql), { gateway: gateway_id });
    return rows.map(({ value }) => value);
  };
  return {
    next: (count) => Array.from({ length: count }, call),
    stored: () => read("toUInt32(sequence)", "ORDER BY ingested_at, sequence"),
    costs: () => read("toString(cost_usd)", "GROUP BY value"),
  };
}

export const numbersTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
export const inOrder = (numbers: readonly unknown[]): number[] =>
  numbers.map(Number).toSorted((a, b) => a - b);

// Puts calls from elsewhere into ClickHouse, each with what is known of its content. Retention counts from the import.
//
// Features go first: what finds an event there need not ask whether its features came too.

import type { CallFeatures } from "../../schemas/call-features.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { toEventRow, toFeaturesRow, type RowOptions } from "../sink/rows.ts";

export interface ImportedCall {
  event: TokenEvent;
  features: CallFeatures | undefined;
  /** Of the row that this one takes the place of. */
  rowVersion?: number;
}

export interface StoreOptions extends RowOptions {
  now: () => Date;
}

/** @throws AppError of the store; then some of them may be in, and the same call again puts the rest */
export async function storeCalls(
  clickhouse: ClickHouseStore,
  calls: readonly ImportedCall[],
  options: StoreOptions,
): Promise<void> {
  const keptFrom = options.now();
  const features = calls.flatMap((call) => call.features ?? []);
  await clickhouse.insert(
    "call_features",
    features.map((each) => toFeaturesRow(each, options, keptFrom)),
  );
  await clickhouse.insert(
    "token_events",
    calls.map(({ event, rowVersion }) => ({
      ...toEventRow(event, options, keptFrom),
      ...(rowVersion === undefined ? {} : { row_version: rowVersion }),
    })),
  );
}

// Takes outcomes from JSONL into ClickHouse. Idempotent: an outcome goes in under its id, and what comes later under the same id takes its
// place. Outcomes of people who were erased stay out.

import type { Config } from "../../schemas/config.ts";
import type { Stores } from "../../schemas/command.ts";
import { createErasedPeople } from "../sink/erased-people.ts";
import { toOutcomeRow, type RowOptions } from "../sink/rows.ts";
import { importLines, type LinesSummary } from "./line-batches.ts";
import type { FileLine } from "./lines.ts";
import { createOutcomeParser, type OutcomeLine } from "./outcome-line.ts";
import { createPeopleByEmail } from "./people-by-email.ts";

export interface OutcomesSummary extends LinesSummary {
  imported: number;
  /** Of people who were erased. */
  erased: number;
}

export interface OutcomesOptions extends Pick<RowOptions, "retentionDays"> {
  method: Pick<Config["method"], "outcomes">;
  now: () => Date;
  /** Told after each batch. */
  onProgress: (summary: OutcomesSummary) => void;
}

/** @throws AppError of a store, or what reading the lines throws; what was imported before stays */
export async function importOutcomes(
  stores: Stores,
  lines: AsyncIterable<FileLine>,
  options: OutcomesOptions,
): Promise<OutcomesSummary> {
  const summary: OutcomesSummary = { imported: 0, erased: 0, refused: 0, refusals: [], unknown_fields: {} };
  const parse = createOutcomeParser(options.method.outcomes.survivalDays);
  await importLines(lines, { parse, store: createBatchStore(stores, summary, options), summary });
  return summary;
}

function createBatchStore(
  { clickhouse, postgres }: Stores,
  summary: OutcomesSummary,
  options: OutcomesOptions,
): (batch: readonly OutcomeLine[]) => Promise<void> {
  const personOf = createPeopleByEmail(postgres);
  const erasedPeople = createErasedPeople(clickhouse);
  return async (batch) => {
    await erasedPeople.refresh();
    const keptFrom = options.now();
    const rows: Record<string, unknown>[] = [];
    for (const { outcome, personEmail } of batch) {
      const person = personEmail === undefined ? undefined : await personOf(personEmail);
      const person_id = person?.personId ?? outcome.person_id;
      if (erasedPeople.isErased(person_id)) summary.erased++;
      else rows.push(toOutcomeRow({ ...outcome, person_id }, options, keptFrom));
    }
    await clickhouse.insert("outcomes", rows);
    summary.imported += rows.length;
    options.onProgress(summary);
  };
}

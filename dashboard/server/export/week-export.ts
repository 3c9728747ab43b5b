// Person-weeks as JSON lines, for an operator: one row a person, week and class. Whoever is in them finds the export in their audit.

import type { z } from "zod";
import type { Stores } from "../../../schemas/command.ts";
import type { Config } from "../../../schemas/config.ts";
import { createExportedPeople, toPages } from "./exported-people.ts";
import { exportedWeeks } from "../queries/exported-weeks.ts";

export interface WeekExport {
  /** Of the weeks' beginnings; `to` is not included. */
  from: Date;
  to: Date;
  reason: string;
  now: Date;
  config: Pick<Config, "timezone" | "individualScoring">;
  /** Counts what was handed out so far. */
  summary: { weeks: number; people: number };
}

type WeekRow = z.infer<(typeof exportedWeeks)["row"]>;

export async function* exportWeeks(
  { clickhouse, postgres }: Stores,
  { from, to, reason, now, config, summary }: WeekExport,
): AsyncGenerator<string> {
  const exported = createExportedPeople(postgres, { action: "weeks_exported", from, to, reason, now });
  const toLine = config.individualScoring === "off" ? withoutScores : (row: WeekRow) => row;
  const rows = clickhouse.stream(exportedWeeks, { from, to, now, timezone: config.timezone });
  for await (const page of toPages(rows)) {
    const emails = await exported.meet(page.map(({ person_id }) => person_id));
    yield page
      .map(({ person_id, ...row }) => ({
        person_email: emails.get(person_id) ?? null,
        ...toLine({ person_id, ...row }),
        person_id: undefined,
      }))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join("");
    summary.weeks += page.length;
    summary.people = exported.count();
  }
}

/** While scoring is off, what was scored before stays hidden. */
function withoutScores(row: WeekRow): WeekRow {
  return {
    ...row,
    earned_cost_usd: null,
    unobservable_cost_usd: null,
    outcomes: null,
    expected_outcomes: null,
    yield: null,
    yield_low: null,
    yield_high: null,
    p_low_value: null,
    verdict: "not_enough_evidence",
    signals: [],
  };
}

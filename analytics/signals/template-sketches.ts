// Puts the sketches of the organisation's templates where prompts are compared with them (group-prompts.ts), under the key of each epoch that
// the weeks of a pass are in.

import type { AllowedTemplates } from "../allowed-templates.ts";
import { SKETCH_EPOCH_MS } from "../../schemas/call-features.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";

const TABLE = "signal_templates";
const DAY_MS = 86_400_000;

export async function writeTemplateSketches(
  store: ClickHouseStore,
  templates: AllowedTemplates,
  { version, weeks }: { version: number; weeks: readonly string[] },
): Promise<void> {
  for (const sketch_epoch of epochsOf(weeks)) {
    const sketches = await templates.sketchesAt(sketch_epoch);
    const rows = sketches.map((sketch) => ({ version, sketch_epoch, sketch }));
    await store.insert(TABLE, rows);
  }
}

/** A week of the organisation begins and ends within a day of the same days in UTC. */
function epochsOf(mondays: readonly string[]): number[] {
  const days = mondays.flatMap((monday) => [-1, 8].map((day) => Date.parse(monday) + day * DAY_MS));
  return [...new Set(days.map((dayMs) => Math.floor(dayMs / SKETCH_EPOCH_MS)))];
}

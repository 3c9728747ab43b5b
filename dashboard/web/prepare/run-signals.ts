// The mechanisms that were measured in the weeks of a run, each against its floor.

import type { RunValue } from "../../../schemas/run-value-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay } from "./format.ts";
import { nameSignal } from "./signal-words.ts";

export interface SignalRow {
  key: string;
  title: string;
  /** What is measured: `Share of prompts in near-identical groups`. */
  measure: string;
  /** `Week of 16 Nov`. */
  week: string;
  effect: number;
  floor: number;
  result: "Below the floor" | "Above the floor" | "Above the floor, and could be chance";
}

/** Those that name the run, and how many others were measured in its weeks. */
export function toSignalRows(
  { signals }: RunValue,
  now: Date,
  timezone: string,
): { rows: SignalRow[]; others: number } {
  const today = dayOf(now, timezone);
  const naming = signals.filter(({ names_run }) => names_run);
  const rows = naming.map(({ week, signal, effect, floor, speaks }) => ({
    key: `${week} ${signal}`,
    ...nameSignal(signal),
    week: `Week of ${formatDay(week, today)}`,
    effect,
    floor,
    result: toResult({ effect, floor, speaks }),
  }));
  return { rows, others: signals.length - naming.length };
}

function toResult(said: { effect: number; floor: number; speaks: boolean }): SignalRow["result"] {
  if (said.speaks) return "Above the floor";
  return said.effect < said.floor ? "Below the floor" : "Above the floor, and could be chance";
}

/** `Named by 1 of 7 mechanisms measured in its week.` */
export function describeSignals(rows: readonly SignalRow[], others: number): string {
  const all = rows.length + others;
  if (all === 0) return "Nothing had enough to measure in the weeks of this run.";
  const speaking = rows.filter(({ result }) => result === "Above the floor").length;
  const named =
    rows.length === 0
      ? `${all} were measured in its weeks, and none of them by this run.`
      : `${all} were measured in its weeks, ${rows.length} of them by this run too.`;
  return `${named} ${speaking === 0 ? "None is above its floor here." : `${speaking} ${speaking === 1 ? "is" : "are"} above the floor.`} They are of whole weeks and no verdict on a run.`;
}

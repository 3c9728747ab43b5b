// Lets groups of real trials be people of an organisation, through the product's own commands: half of them work for some weeks, by
// whose outcomes expectations are fitted; the other half afterwards, in one week, held against what is expected of them.

import { z } from "zod";
import type { WorkloadClass } from "../../schemas/closed-lists.ts";
import type { Door } from "../simulation/door.ts";
import type { Random } from "../simulation/random.ts";
import type { Trial } from "./trials.ts";

/** Four weeks of the first half, one in which their outcomes come due, and that of the second half. */
const FIRST_MS = Date.parse("2026-09-14T06:00:00Z");
const FIRST_DAYS = 26;
export const HELD_OUT_WEEK = "2026-10-26";
const HELD_OUT_MS = Date.parse(`${HELD_OUT_WEEK}T06:00:00Z`);
const HELD_OUT_DAYS = 5;
export const NOW = "2026-11-10T00:00:00Z";
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface Member {
  email: string;
  workloadClass: WorkloadClass;
  isHeldOut: boolean;
  trials: readonly Trial[];
}

export async function live(door: Door, members: readonly Member[], random: Random): Promise<void> {
  const runs = members.flatMap((member) =>
    member.trials.map((trial) => ({ member, trial, ...placeRun(member, random) })),
  );
  const events = runs.map(({ member, trial, startedMs, id }) => ({
    event_id: id,
    started_at: new Date(startedMs).toISOString(),
    session_id: id,
    person_email: member.email,
    workload_class: member.workloadClass,
    provider: trial.provider,
    model_served: trial.model,
    output_tokens: Math.max(1, Math.round((trial.costUsd / trial.outputUsd) * 1e6)),
    tool_names: ["edit"],
    tool_kinds: ["write"],
  }));
  const outcomes = runs
    .filter(({ trial }) => trial.isResolved)
    .map(({ startedMs, id }) => ({
      outcome_id: `check:${id}`,
      kind: "check_fixed",
      occurred_at: new Date(startedMs + HOUR_MS).toISOString(),
      session_id: id,
      source: "ci",
    }));
  await door.run(["import", "events", "-", "--json"], toLines(events));
  await door.run(["import", "outcomes", "-", "--json"], toLines(outcomes));
  await door.run(["analyze", "--json", "--now", NOW]);
}

function placeRun({ isHeldOut }: Member, random: Random): { startedMs: number; id: string } {
  const days = isHeldOut ? HELD_OUT_DAYS : FIRST_DAYS;
  const startedMs = Math.floor((isHeldOut ? HELD_OUT_MS : FIRST_MS) + random.uniform() * days * DAY_MS);
  return { startedMs, id: random.uuid(startedMs) };
}

const toLines = (rows: readonly object[]): string[] => rows.map((row) => `${JSON.stringify(row)}\n`);

const weekSchema = z.object({
  person_email: z.string(),
  week: z.string(),
  outcomes: z.number(),
  expected_outcomes: z.number(),
  yield: z.number().nullable(),
  yield_low: z.number().nullable(),
  yield_high: z.number().nullable(),
  verdict: z.string(),
});
export type Week = z.infer<typeof weekSchema>;

/** The held-out week of each person who worked in it, as an operator can export it. */
export async function exportHeldOut(door: Door): Promise<Map<string, Week>> {
  const reason = "yields of real trials";
  const lines = await door.run([
    "export",
    "person-weeks",
    "--reason",
    reason,
    "--from",
    `${HELD_OUT_WEEK}T00:00:00Z`,
  ]);
  const weeks = lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => weekSchema.parse(JSON.parse(line)));
  return new Map(weeks.filter(({ week }) => week === HELD_OUT_WEEK).map((week) => [week.person_email, week]));
}

// Calls that look credited one by one and are not beside others: heartbeats, replays and loops (METHOD in docs/method.md).
//
// What is found goes into a working table, is held against what is stored, and only what differs is written. Most passes find
// nothing new, and write nothing.

import assert from "node:assert/strict";
import type { AnalysisPass } from "./pass.ts";
import {
  compareCredits,
  countChanges,
  findChanged,
  findFeaturesKept,
  gatherConcerned,
  gatherFreedRuns,
  readDays,
  spanDays,
  widenForCredits,
  writeCredits,
} from "./queries/credits.ts";
import { findHeartbeats } from "./queries/heartbeats.ts";
import { countSuspected, findLoops, suspectRuns } from "./queries/loops.ts";
import { countPrompts, gatherPrompts } from "./queries/prompts.ts";
import { findExactReplays, findNearReplays } from "./queries/replays.ts";
import { gatherTouchedRuns } from "./queries/touched-runs.ts";
import { readWindows } from "./queries/windows.ts";

const DAY_MS = 86_400_000;

/** Writes anew the calls whose credit is not as it should be, and widens the windows for them. */
export async function creditCalls(pass: AnalysisPass): Promise<void> {
  const { store, config, version, now } = pass;
  const { method, timezone } = config;
  const [changed] = await store.query(findChanged, { version });
  assert(changed !== undefined, "an aggregate has one row");
  if (changed.people === 0) return;
  const judged_from = daysBefore(changed.changed_from, spanDays(method));
  await store.execute(gatherConcerned(method), { version, now, judged_from });
  const [features] = await store.query(findFeaturesKept, { now });
  assert(features !== undefined, "an aggregate has one row");
  const read_days = readDays(method);
  const read_from = new Date(
    Math.max(daysBefore(changed.changed_from, read_days).getTime(), features.kept_from.getTime()),
  );
  const params = { version, now, read_from, read_days };
  await store.execute(gatherPrompts, params);
  const [gathered] = await store.query(countPrompts, { version });
  if (gathered !== undefined && gathered.prompts > 0) {
    await store.execute(findHeartbeats(method), params);
    await store.execute(findExactReplays(method), { version });
    await store.execute(findNearReplays(method), { version });
  }
  const from_at = await lookForLoops(pass, judged_from);
  await store.execute(compareCredits(method), { version, now, judged_from, from_at, timezone });
  const [changes] = await store.query(countChanges, { version });
  if (changes === undefined || changes.calls === 0) return;
  await store.execute(widenForCredits, { version, timezone });
  await store.execute(writeCredits, { version, first_at: changes.first_at });
  await store.execute(gatherTouchedRuns, { version, from_at: changes.first_at });
}

/** @returns where the earliest window begins */
async function lookForLoops(pass: AnalysisPass, judged_from: Date): Promise<Date> {
  const { store, config, version, now } = pass;
  const { method } = config;
  const [windows] = await store.query(readWindows, { version });
  const from_at = windows === undefined || windows.people === 0 ? now : windows.from_at;
  await store.execute(gatherFreedRuns(method), { version, now, judged_from });
  await store.execute(suspectRuns(method), { version, now, from_at });
  const [suspected] = await store.query(countSuspected, { version });
  if (suspected !== undefined && suspected.runs > 0)
    await store.execute(findLoops(method), { version, now, from_at });
  return from_at;
}

function daysBefore(time: Date, days: number): Date {
  return new Date(Math.max(0, time.getTime() - days * DAY_MS));
}

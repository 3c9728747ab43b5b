// Calls that look credited one by one and are not beside others: heartbeats, replays and loops (METHOD in docs/method.md).
//
// What is found goes into a working table, is held against what is stored, and only what differs is written. Most passes find
// nothing new, and write nothing.

import assert from "node:assert/strict";
import type { AnalysisPass } from "./pass.ts";
import {
  compareCredits,
  countChanges,
  findConcerned,
  gatherTouchedRuns,
  readDays,
  widenForCredits,
  writeCredits,
} from "./queries/credits.ts";
import { findHeartbeats } from "./queries/heartbeats.ts";
import { countSuspected, findLoops, suspectRuns } from "./queries/loops.ts";
import { countPrompts, gatherPrompts } from "./queries/prompts.ts";
import { findExactReplays, findNearReplays } from "./queries/replays.ts";

const DAY_MS = 86_400_000;

/** Writes anew the calls whose credit is not as it should be, and widens the windows for them. */
export async function creditCalls({ store, config, version, now }: AnalysisPass): Promise<void> {
  const { method, timezone } = config;
  const [concerned] = await store.query(findConcerned, { version });
  assert(concerned !== undefined, "an aggregate has one row");
  if (concerned.people === 0) return;
  const read_days = readDays(method);
  const read_from = new Date(Math.max(0, concerned.changed_from.getTime() - read_days * DAY_MS));
  const params = { version, now, read_from, read_days };
  await store.execute(gatherPrompts, params);
  const [gathered] = await store.query(countPrompts, { version });
  if (gathered !== undefined && gathered.prompts > 0) {
    await store.execute(findHeartbeats(method), params);
    await store.execute(findExactReplays(method), { version });
    await store.execute(findNearReplays(method), { version });
  }
  await store.execute(gatherTouchedRuns(method), { version, read_from });
  await store.execute(suspectRuns(method), { version, now });
  const [suspected] = await store.query(countSuspected, { version });
  if (suspected !== undefined && suspected.runs > 0) await store.execute(findLoops(method), { version, now });
  await store.execute(compareCredits(method), { ...params, timezone });
  const [changes] = await store.query(countChanges, { version });
  if (changes === undefined || changes.calls === 0) return;
  await store.execute(widenForCredits, { version, timezone });
  await store.execute(writeCredits, { version, first_at: changes.first_at });
}

// How well runs of real sessions are found by idle gaps alone: every call of the recorded sessions of `../shared/data` as a call
// without ids, with a person each and no key, as far as the recordings go. `node test/bench/idle-runs.ts` prints pairwise precision and
// recall of each project, against its sessions as they were, and against these cut where they were silent for four hours.
//
// There is no floor. The recordings have neither messages nor answers, so nothing but the gap can tell the runs.

import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { openAnalysisBench } from "../builders/analysis.ts";
import { measurePairs, type Assignment } from "../clients/real/pairwise.ts";

const SESSIONS = join(import.meta.dirname, "../../../shared/data/agent_sessions");
const CUT_MS = 4 * 3_600_000;

const recordedCall = z.object({
  user: z.string(),
  session: z.string(),
  ts: z.coerce.number(),
  agent: z.string(),
});

interface RecordedCall {
  eventId: string;
  user: string;
  session: string;
  /** The session's part since its last silence. */
  stretch: string;
  agent: string;
  startedAtMs: number;
}

const bench = await openAnalysisBench();
try {
  for (const file of globSync(join(SESSIONS, "events_*.csv.gz")).toSorted()) {
    const project = basename(file, ".csv.gz").slice("events_".length);
    await measureProject(project, readCalls(file));
  }
} finally {
  await bench.close();
}

async function measureProject(project: string, calls: readonly RecordedCall[]): Promise<void> {
  const people = [...new Set(calls.map(({ user }) => user))];
  await bench.empty();
  await bench.arrive(
    ...calls.map(({ eventId, user, agent, startedAtMs }) => ({
      event_id: eventId,
      person_id: toUuid("p", people.indexOf(user)),
      client: agent,
      started_at: new Date(startedAtMs).toISOString(),
    })),
  );
  await bench.analyze();
  const runOf = new Map((await bench.rows("calls")).map((row) => [row["event_id"], String(row["run_id"])]));
  const runs = new Set(runOf.values()).size;
  const judge = (truthOf: (call: RecordedCall) => string): string => {
    const assignments = calls.map((call): Assignment => ({
      truth: truthOf(call),
      found: runOf.get(call.eventId) ?? "",
    }));
    const { precision, recall } = measurePairs(assignments);
    const truths = new Set(assignments.map(({ truth }) => truth)).size;
    return `${truths}: precision ${precision?.toFixed(3)}, recall ${recall?.toFixed(3)}`;
  };
  console.log(`${project}: ${calls.length} calls of ${people.length} people in ${runs} runs`);
  console.log(`  sessions             ${judge(({ session }) => session)}`);
  console.log(`  cut after four hours ${judge(({ stretch }) => stretch)}`);
}

function readCalls(file: string): RecordedCall[] {
  const rows = z.array(recordedCall).parse(parse(gunzipSync(readFileSync(file)), { columns: true }));
  const latest = new Map<string, { endedAtMs: number; stretch: number }>();
  return rows
    .toSorted((a, b) => a.ts - b.ts)
    .map(({ user, session, ts, agent }, index) => {
      const startedAtMs = Math.round(ts * 1000);
      const before = latest.get(session);
      const isCut = before !== undefined && startedAtMs - before.endedAtMs >= CUT_MS;
      const stretch = (before?.stretch ?? 0) + (isCut ? 1 : 0);
      latest.set(session, { endedAtMs: startedAtMs, stretch });
      return {
        eventId: toUuid("e", index),
        user,
        session,
        stretch: `${session} ${stretch}`,
        agent,
        startedAtMs,
      };
    });
}

function toUuid(kind: "p" | "e", index: number): string {
  return `01936a0${kind === "p" ? 7 : 8}-0000-7000-8000-${String(index).padStart(12, "0")}`;
}

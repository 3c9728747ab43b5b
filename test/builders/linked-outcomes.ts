// Runs and outcomes of a test, and what links them, as far as tests of linking care.

import { PERSON, type AnalysisBench, type Arrival, type OutcomeArrival } from "./analysis.ts";

let calls = 0;

/** A call, and the files that it wrote. */
export async function work(
  bench: AnalysisBench,
  said: Arrival,
  files: readonly string[] = [],
): Promise<void> {
  calls += 1;
  const event_id = `01936a0a-0000-7000-8000-${String(calls).padStart(12, "0")}`;
  const { person_id = PERSON, started_at = "2026-11-19T10:00:00.000Z" } = said;
  await bench.arrive({ event_id, ...said, started_at });
  if (files.length === 0) return;
  const written = { tool_kinds: ["write" as const], written_file_hashes: [...files] };
  await bench.arriveFeatures({ event_id, started_at, person_id, ...written });
}

/** A merge that a forge told of. */
export function merged(said: OutcomeArrival = {}): OutcomeArrival {
  const occurred_at = said.occurred_at ?? "2026-11-20T10:00:00.000Z";
  const { credited_at = occurred_at } = said;
  const told = { kind: "pr_merged", source: "github", trust: "high" } as const;
  return { outcome_id: "merged", ...told, ...said, occurred_at, credited_at };
}

export interface Linked {
  outcome: unknown;
  person: unknown;
  /** The sessions of the run. */
  run: string;
  by: unknown;
  share: unknown;
}

export async function readLinks(bench: AnalysisBench): Promise<Linked[]> {
  const runs = await bench.rows("run_links");
  const sessions = new Map(runs.map((run) => [run["run_id"], String(run["session_ids"])]));
  const rows = await bench.rows("outcome_links");
  return rows.map((row) => ({
    outcome: row["outcome_id"],
    person: row["person_id"],
    run: sessions.get(row["run_id"]) ?? "",
    by: row["linked_by"],
    share: row["share"],
  }));
}

// Runs as JSON lines, each with its agents and their calls, for an operator. Whoever is in them finds the export in their audit, with
// its reason: the entry is made before the first of their lines is handed out.
//
// Runs come in batches of a bounded number of calls, whose calls are then read together. The line of a run is written piece by piece
// as its calls come, so memory stays the same whatever the span, and however long a run is.

import type { z } from "zod";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import type { Stores } from "../../../schemas/command.ts";
import { createExportedPeople } from "./exported-people.ts";
import { exportedRunCalls } from "../queries/exported-run-calls.ts";
import { exportedRuns } from "../queries/exported-runs.ts";

/** A batch is full with so many runs, or with the run that brings it to so many calls. */
const BATCH_RUNS_MAX = 500;
const BATCH_CALLS_MAX = 20_000;
/** Lines are handed out in pieces of about this size, because a stream's step costs more than a call's text. */
const PIECE_CHARS = 64 * 1024;

export interface RunExport {
  /** Of the runs' start; `to` is not included. */
  from: Date;
  to: Date;
  reason: string;
  now: Date;
  /** Counts what was handed out so far. */
  summary: { runs: number; people: number };
}

type RunRow = z.infer<(typeof exportedRuns)["row"]>;
type CallRow = z.infer<(typeof exportedRunCalls)["row"]>;

export async function* exportRuns(
  { clickhouse, postgres }: Stores,
  { from, to, now, reason, summary }: RunExport,
): AsyncGenerator<string> {
  const exported = createExportedPeople(postgres, { action: "runs_exported", from, to, reason, now });
  for await (const runs of toBatches(clickhouse.stream(exportedRuns, { from, to, now }))) {
    const emails = await exported.meet(runs.map(({ person_id }) => person_id));
    yield* toPieces(toLines(clickhouse, { runs, emails, now }));
    summary.runs += runs.length;
    summary.people = exported.count();
  }
}

async function* toBatches(runs: AsyncIterable<RunRow>): AsyncGenerator<RunRow[]> {
  let batch: RunRow[] = [];
  let calls = 0;
  for await (const run of runs) {
    batch.push(run);
    calls += run.calls;
    if (batch.length < BATCH_RUNS_MAX && calls < BATCH_CALLS_MAX) continue;
    yield batch;
    [batch, calls] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

interface Batch {
  runs: readonly RunRow[];
  emails: ReadonlyMap<string, string>;
  now: Date;
}

/** The texts of a batch's lines, a call at a time. Runs whose calls are not kept any longer come last. */
async function* toLines(clickhouse: ClickHouseStore, { runs, emails, now }: Batch): AsyncGenerator<string> {
  const left = new Map(runs.map((run) => [toKey(run), run]));
  let last: CallRow | undefined;
  for await (const call of clickhouse.stream(exportedRunCalls, { ...toExtent(runs), now })) {
    const run = left.get(toKey(call));
    left.delete(toKey(call));
    if (run !== undefined) yield `${last ? "]}]}\n" : ""}${openRun(run, emails)}${openAgent(call)}`;
    else if (last?.agent_id !== call.agent_id) yield `]},${openAgent(call)}`;
    else yield ",";
    yield JSON.stringify(toCall(call));
    last = call;
  }
  if (last) yield "]}]}\n";
  for (const run of left.values()) yield `${openRun(run, emails)}]}\n`;
}

/** Where the calls of some runs are. */
function toExtent(runs: readonly RunRow[]) {
  const startedAt = runs.map(({ started_at }) => Date.parse(started_at));
  const endedAt = runs.map(({ ended_at }) => Date.parse(ended_at));
  return {
    person_ids: [...new Set(runs.map(({ person_id }) => person_id))],
    run_ids: runs.map(({ run_id }) => run_id),
    from: new Date(Math.min(...startedAt)),
    to: new Date(Math.max(...endedAt)),
  };
}

function toKey({ person_id, run_id }: { person_id: string; run_id: string }): string {
  return `${person_id} ${run_id}`;
}

function openRun({ person_id, run_id, ...said }: RunRow, emails: ReadonlyMap<string, string>): string {
  const run = { run_id, person_email: emails.get(person_id) ?? null, ...said };
  return `${JSON.stringify(run).slice(0, -1)},"agents":[`;
}

function openAgent({ agent_id, parent_agent_id }: CallRow): string {
  return `${JSON.stringify({ agent_id, parent_agent_id }).slice(0, -1)},"calls":[`;
}

function toCall({
  person_id: _person,
  run_id: _run,
  agent_id: _agent,
  parent_agent_id: _parent,
  ...call
}: CallRow) {
  return call;
}

async function* toPieces(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = "";
  for await (const text of texts) {
    piece += text;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

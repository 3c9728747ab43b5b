// One run: what it was, its turns with the agents that worked in them, its calls, and what its agents asked their tools to do.
//
// Always holds: a run is found for its own person alone; somebody else's, one of nobody and one past its retention are not there.
// Lists are bounded; those of calls and tool calls go on page by page.

import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import type { ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import {
  runCallsPageSchema,
  runSchema,
  runToolsPageSchema,
  type Run,
  type RunCallsPage,
  type RunToolsPage,
} from "../../../schemas/run-api.ts";
import { cursorSchema, formatCursor, parseCursor } from "../http/cursor.ts";
import { toRunParams } from "../queries/calls-of-run.ts";
import { runCalls } from "../queries/run-calls.ts";
import { runKnownTools, runToolCalls, runToolCounts } from "../queries/run-tool-calls.ts";
import { runTurns } from "../queries/run-turns.ts";
import { runById, type RunRow } from "../queries/run.ts";
import { readRunClass, type RunOfPerson } from "./run-class.ts";
import type { SubjectId } from "../access/scope.ts";

const PAGE_ROWS = 1000;
/** Agents of a run's turns that are listed. */
const AGENTS_MAX = 2000;
const TOOL_NAMES_MAX = 100;
const TOOL_KINDS_MAX = 5;
/** Before every call that there can be. */
const BEGINNING = "2000-01-01T00:00:00.000Z";
const NO_EVENT = "00000000-0000-0000-0000-000000000000";

/** @throws AppError `not_found` */
export async function findRun(
  clickhouse: ClickHouseStore,
  { subjectId, runId, now }: { subjectId: SubjectId; runId: string; now: Date },
): Promise<RunRow> {
  const [run] = await clickhouse.query(runById, { person_id: subjectId, run_id: runId, now });
  if (run === undefined)
    throw new AppError("not_found", "There is no such run of yours, or it is not kept any longer.");
  return run;
}

export async function readRun(
  of: RunOfPerson,
  { retentionDays }: { retentionDays: { sketches: number } },
): Promise<Run> {
  const { clickhouse, run, subjectId, now } = of;
  const params = toRunParams(subjectId, run, now);
  const [runClass, turns, counts, known] = await Promise.all([
    readRunClass(of),
    clickhouse.query(runTurns, { ...params, rows_max: AGENTS_MAX + 1 }),
    clickhouse.query(runToolCounts, { ...params, rows_max: TOOL_KINDS_MAX + TOOL_NAMES_MAX }),
    clickhouse.query(runKnownTools, params),
  ]);
  return runSchema.parse({
    ...run,
    calls_kept_until: run.inputs_expire_at > now ? run.inputs_expire_at.toISOString() : null,
    class: runClass,
    turns: toTurns(turns.slice(0, AGENTS_MAX)),
    has_more_turns: turns.length > AGENTS_MAX,
    tools: {
      kept_days: retentionDays.sketches,
      known_calls: known[0]?.calls ?? 0,
      total_calls: run.calls,
      by_kind: counts.filter(({ is_of_kind }) => is_of_kind === 1),
      by_name: counts.filter(({ is_of_kind }) => is_of_kind === 0).slice(0, TOOL_NAMES_MAX),
    },
  });
}

export const runCallsQuerySchema = z.strictObject({ cursor: cursorSchema });

export async function readRunCalls(
  { clickhouse, run, subjectId, now }: Omit<RunOfPerson, "store">,
  cursor: string | undefined,
): Promise<RunCallsPage> {
  const place = cursor === undefined ? undefined : parseCursor(cursor, callPlaceSchema);
  const [after, after_event_id] = place ?? [BEGINNING, NO_EVENT];
  const rows = await clickhouse.query(runCalls, {
    ...toRunParams(subjectId, run, now),
    after: new Date(after),
    after_event_id,
    // One more than is shown tells whether there is another page.
    rows_max: PAGE_ROWS + 1,
  });
  const next = toLastShown(rows);
  return runCallsPageSchema.parse({
    calls: rows.slice(0, PAGE_ROWS),
    next_cursor: next ? formatCursor([next.started_at, next.event_id]) : null,
  });
}

export const runToolsQuerySchema = z.strictObject({
  cursor: cursorSchema,
  reach: z.literal("outside").optional(),
});

export async function readRunTools(
  { clickhouse, run, subjectId, now }: Omit<RunOfPerson, "store">,
  { cursor, reach }: z.infer<typeof runToolsQuerySchema>,
): Promise<RunToolsPage> {
  const place = cursor === undefined ? undefined : parseCursor(cursor, toolPlaceSchema);
  const [after, after_event_id, after_position] = place ?? [BEGINNING, NO_EVENT, -1];
  const rows = await clickhouse.query(runToolCalls, {
    ...toRunParams(subjectId, run, now),
    only_outside: reach === "outside",
    after: new Date(after),
    after_event_id,
    after_position,
    rows_max: PAGE_ROWS + 1,
  });
  const next = toLastShown(rows);
  return runToolsPageSchema.parse({
    tool_calls: rows.slice(0, PAGE_ROWS),
    next_cursor: next ? formatCursor([next.started_at, next.event_id, next.position]) : null,
  });
}

/** Start and id of a call. */
const callPlaceSchema = z.tuple([z.iso.datetime(), z.uuid()]);
/** And the tool call's place in it. */
const toolPlaceSchema = z.tuple([z.iso.datetime(), z.uuid(), z.int()]);

/** The last row of a page that is followed by another one. */
function toLastShown<Row>(rows: readonly Row[]): Row | undefined {
  return rows.length > PAGE_ROWS ? rows[PAGE_ROWS - 1] : undefined;
}

/** Turns in the order in which they began; their agents likewise. Rows come in that order. */
function toTurns(rows: readonly z.infer<(typeof runTurns)["row"]>[]): Run["turns"] {
  const turns = new Map<string | null, Run["turns"][number]>();
  for (const { turn_id, first_at, last_at, ...agent } of rows) {
    const turn = turns.get(turn_id) ?? { turn_id, started_at: first_at, ended_at: last_at, agents: [] };
    if (last_at > turn.ended_at) turn.ended_at = last_at;
    turn.agents.push({ ...agent, started_at: first_at, ended_at: last_at });
    turns.set(turn_id, turn);
  }
  return [...turns.values()];
}

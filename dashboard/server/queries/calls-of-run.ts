// What the questions about the calls of one run have in common: which rows those are, and the parameters that say so.
//
// Always holds: a run's calls start between its first call's start and its last call's end, so nothing outside is read.

import { z } from "zod";
import type { RunRow } from "./run.ts";
import { subjectIdParam, type SubjectId } from "../access/scope.ts";

/** A wild duration must not reach beyond what a time can be; analytics takes the same 24 hours. */
const CALL_MS_MAX = 86_400_000;
/** Over columns of `token_events`. An unknown duration counts as none. */
export const ENDED_AT = `started_at + toIntervalMillisecond(least(ifNull(duration_ms, 0), ${CALL_MS_MAX}))`;

export const runParams = {
  person_id: subjectIdParam,
  run_id: z.string(),
  from: z.date(),
  to: z.date(),
  now: z.date(),
};

/** @param columns of `calls`; whether a call still is of the run is for its newest row to say */
export const selectCallsOfRun = (columns: string): string => `
    SELECT ${columns} FROM calls FINAL
    WHERE person_id = {person_id:UUID} AND run_id = {run_id:String}
      AND started_at >= {from:DateTime64(3)} AND started_at <= {to:DateTime64(3)} AND expires_at > {now:DateTime64(3)}`;

/** The person's rows of a table of records in the time of the run; whoever takes them joins them with its calls. */
export const selectInRunTime = (table: "token_events" | "call_features", columns: string): string => `
    SELECT ${columns} FROM ${table} FINAL
    WHERE person_id = {person_id:UUID} AND started_at >= {from:DateTime64(3)} AND started_at <= {to:DateTime64(3)} AND expires_at > {now:DateTime64(3)}`;

/** The parameters of a run. */
export function toRunParams(
  subjectId: SubjectId,
  run: Pick<RunRow, "run_id" | "started_at" | "ended_at">,
  now: Date,
) {
  const { run_id, started_at, ended_at } = run;
  return { person_id: subjectId, run_id, from: new Date(started_at), to: new Date(ended_at), now };
}

// Every reader of calls and of what is made of them reads each row once.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findReadsWithoutFinal, listReplacedTables } from "../tidy/final-reads.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Who reads without FINAL, and why that is right. */
const REASONS: Readonly<Record<string, string>> = {
  "analytics/queries/calls.ts: token_events": "Makes sets of runs, and of operations.",
  "analytics/queries/slices.ts: token_events": "A rough count.",
  "analytics/queries/classes.ts: declared_classes": "Who ever declared something, also what no longer holds.",
  "analytics/queries/run-scores.ts: outcome_links": "Also what no longer holds makes a score stale.",
  "analytics/queries/run-scores.ts: run_links": "As its outcome_links.",
  "analytics/queries/run-scores.ts: runs": "As its outcome_links.",
  "analytics/queries/credits.ts: call_features":
    "Counts what may be often enough, and makes sets of ids; a row that is there twice only makes them larger.",
  "analytics/queries/credits.ts: calls":
    "Makes sets of people and of calls, which are then looked at with FINAL.",
  "analytics/queries/credits.ts: outcome_links":
    "A link that was taken away touches as much as one that was made.",
  "analytics/queries/loops.ts: call_features": "As credits.ts: call_features.",
  "analytics/queries/outcome-links.ts: outcome_links":
    "Links that a pass took back which did not end; the others are read with FINAL.",
  "analytics/queries/repeated-imports.ts: token_events": "Makes a set of ids.",
  "analytics/queries/run-links.ts: call_features": "Makes sets, and extremes of times.",
  "analytics/queries/run-links.ts: token_events": "Makes sets, and extremes of times.",
  "analytics/queries/sought-outcomes.ts: outcome_links":
    "Makes a set of outcomes to look at again; what held once touches as much.",
  "analytics/queries/sought-outcomes.ts: run_links": "Makes a set; what no longer holds touches as much.",
  "analytics/queries/sought-outcomes.ts: outcome_disputes":
    "Makes a set; what was taken back touches as much.",
  "analytics/queries/state.ts: outcome_disputes": "Asks whether there is any row.",
  "analytics/queries/state.ts: outcomes": "Asks whether there is any row.",
  "analytics/queries/state.ts: ${STATE_TABLE}": "Of two passes that ended together both must find the other.",
  "analytics/queries/state.ts: token_events": "Asks whether there is any row.",
  "analytics/queries/state.ts: call_features": "Asks whether there is any row.",
  "analytics/queries/week-scores.ts: run_scores": "Who was touched, also by a score that is gone.",
  "analytics/queries/windows.ts: call_features": "As its token_events.",
  "analytics/queries/windows.ts: declared_classes":
    "As its token_events; what no longer holds touches as much.",
  "analytics/queries/windows.ts: token_events":
    "The least of some times is the same however often each is there; a version that is replaced can only make a window larger.",
  "analytics/signals/choose-weeks.ts: outcome_links": "As queries/credits.ts: outcome_links.",
  "dashboard/server/queries/last-uses.ts: token_events":
    "The greatest of some times is the same however often each is there.",
  "dashboard/server/queries/newest-call.ts: token_events": "One row is taken, the newest of the newest call.",
  "dashboard/server/queries/recent-tombstones.ts: erased_people": "Makes a set of people.",
  "dashboard/server/queries/uncomputed-calls.ts: token_events": "A rough count.",
  "ingest/import/recorded-calls.ts: token_events": "Makes a set of ids.",
  "ingest/sink/erased-people.ts: ${TOMBSTONE_TABLE}": "Makes a set of people.",
  "schemas/clickhouse/erasure.ts: ${rows}": "FINAL stands in the value.",
  "schemas/clickhouse/erasure.ts: ${table}": "Every row that lies in a file has to be found.",
  "schemas/clickhouse/erasure.ts: ${TOMBSTONE_TABLE}": "Makes a set of people.",
};

test("tables whose rows are replaced are read with FINAL, or there is a reason", () => {
  const found = findReadsWithoutFinal(ROOT, listReplacedTables(ROOT));
  expect([...new Set(found)].toSorted()).toEqual(Object.keys(REASONS).toSorted());
});

test("the tables of calls, outcomes and all that is derived are among them", () => {
  const tables = [
    "token_events",
    "outcomes",
    "calls",
    "usage_days",
    "runs",
    "person_weeks",
    "analysis_state",
  ];
  const linked = ["run_links", "outcome_links"];
  const scored = [
    "class_baselines",
    "outcome_costs",
    "signal_references",
    "run_scores",
    "week_scores",
    "week_signals",
  ];
  const others = [
    "erased_people",
    "call_features",
    "declared_classes",
    ...linked,
    ...scored,
    "target_findings",
    "outcome_disputes",
  ];
  expect(listReplacedTables(ROOT)).toEqual([...tables, ...others]);
});

test.each([
  ["SELECT count() FROM calls WHERE 1", ["calls"]],
  ["SELECT 1 FROM a\n  INNER JOIN calls AS row ON 1", ["calls"]],
  ["SELECT count() FROM ${table} WHERE 1", ["${table}"]],
  ["SELECT 1 FROM calls FINAL JOIN calls AS other FINAL ON 1", []],
  ["SELECT 1 FROM calls_of_others", []],
])("in %j it finds %j", (sql, found) => {
  const root = mkdtempSync(join(tmpdir(), "assay-final-"));
  try {
    for (const folder of ["analytics", "dashboard", "ingest", "schemas"]) mkdirSync(join(root, folder));
    writeFileSync(join(root, "analytics/query.ts"), `defineQuery({ sql: \`${sql}\` });`);
    expect(findReadsWithoutFinal(root, ["calls"])).toEqual(
      found.map((name) => `analytics/query.ts: ${name}`),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});

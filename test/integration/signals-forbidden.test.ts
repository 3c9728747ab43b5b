// Forbidden as evidence: hour of day, idle time, speed, presence, prose, vocabulary, language, message length of humans, and any comparison of
// one person's total with another's. Asked in two ways: what each signal reads and computes, and whether anything changes when only what
// is forbidden does. Planted signals show that both would notice.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { NO_TEMPLATES } from "../../analytics/allowed-templates.ts";
import { detectSignals } from "../../analytics/detection.ts";
import { OF_WEEK } from "../../analytics/signals/evidence.ts";
import {
  EVIDENCE_SOURCES,
  FORBIDDEN_SOURCES,
  PHASE_FUNCTION,
  SIGNAL_FUNCTIONS,
  TIME_FUNCTIONS,
} from "../../analytics/signals/forbidden.ts";
import { gatherSignalCalls } from "../../analytics/signals/gather-calls.ts";
import type { Signal } from "../../analytics/signals/signal.ts";
import { SIGNALS } from "../../analytics/signals/signals.ts";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
import { toMethod } from "../../schemas/method.ts";
import { openAnalysisBench, type AnalysisBench } from "../builders/analysis.ts";
import { readFindings } from "../builders/findings.ts";
import { readQueryTree, type FunctionUse } from "../builders/query-tree.ts";
import {
  arriveRuns,
  personOf,
  repeatRuns,
  WEEK_ENDED,
  type SaidCall,
  type SaidRun,
} from "../builders/signal-calls.ts";
import { anyTime, HOUR_MS } from "../builders/signal-weeks.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const WEEK_CALLS = `signal_calls WHERE ${OF_WEEK}`;
const FRAME = ["version", "week"];
const TABLES = /^(signal_calls|signal_runs|signal_prompts)\./;

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
afterAll(() => bench.close());

/** What a signal does that it must not, one sentence each. */
async function violations(signal: Signal): Promise<string[]> {
  const { columns, functions, partitions } = await readQueryTree(bench.store, signal.sql(toMethod()));
  const read = columns.filter((column) => !FRAME.includes(column.split(".")[1] ?? ""));
  return [
    ...read.filter((column) => !TABLES.test(column)).map((column) => `${column} is no evidence`),
    ...read
      .filter((column) => !signal.reads.includes(column))
      .map((column) => `${column} is read and not declared`),
    ...signal.reads
      .filter((column) => !read.includes(column))
      .map((column) => `${column} is declared and not read`),
    ...functions
      .filter((use) => !isAllowed(use, signal))
      .map(({ name, types }) => `${name}(${types.join(", ")})`),
    ...partitions
      .filter((names) => !names.includes("person_id"))
      .map((names) => `people together by ${names.join()}`),
  ];
}

function isAllowed({ name, types, hasConstant }: FunctionUse, signal: Signal): boolean {
  if (name === PHASE_FUNCTION.name) return signal.name === PHASE_FUNCTION.signal;
  const isOfTime = types.some((type) => type.includes("DateTime"));
  if (!isOfTime) return SIGNAL_FUNCTIONS.includes(name);
  const isOrder = name === "arrayElement" || name === "tupleElement" || !hasConstant;
  return TIME_FUNCTIONS.includes(name) && isOrder;
}

/** A signal with one fault. */
function plant(
  effect: string,
  reads: string[],
  rows: string = `SELECT *, started_at AS innocent FROM ${WEEK_CALLS}`,
): Signal {
  return {
    name: "planted",
    family: "replay",
    question: "",
    rule: "",
    innocents: [],
    reads: ["signal_calls.person_id", "signal_calls.run_id", ...reads],
    sql: () => `SELECT person_id, ${effect} AS effect, count() AS cases, map('', toFloat64(0)) AS counts, groupUniqArray(run_id) AS run_ids
      FROM (${rows}) GROUP BY person_id`,
    floor: () => 0,
  };
}
const TIME = "signal_calls.started_at";

const PLANTED = {
  "hour of day": plant("avg(toHour(innocent)) / 24", [TIME]),
  "hour of day by arithmetic": plant("avg(toUnixTimestamp64Milli(innocent) % 86400000) / 86400000", [TIME]),
  presence: plant("toFloat64(countIf(innocent > '2026-11-18 00:00:00')) / count()", [TIME]),
  "idle time": plant("toFloat64(max(innocent) - min(innocent)) / 1e9", [TIME]),
  "idle time by a word": plant("toFloat64(dateDiff('second', min(innocent), max(innocent))) / 1e9", [TIME]),
};

test.each(SIGNALS.map((signal) => [signal.name, signal] as const))(
  "%s reads what it declares, computes with what is allowed, and never puts people together",
  async (_name, signal) => {
    expect(await violations(signal)).toEqual([]);
  },
);

test("evidence is gathered from the named columns, none of which is forbidden", async () => {
  const { sql } = gatherSignalCalls;
  const { columns } = await readQueryTree(bench.store, sql.slice(sql.indexOf("WITH")));
  const gathered = columns.filter((column) => !column.startsWith("signal_weeks."));
  expect(gathered).toEqual([...EVIDENCE_SOURCES].toSorted());
  expect(
    Object.values(FORBIDDEN_SOURCES)
      .flat()
      .filter((column) => gathered.includes(column)),
  ).toEqual([]);
});

test.each(Object.entries(PLANTED))(
  "a planted reading of %s is noticed behind its alias",
  async (_name, signal) => {
    expect(await violations(signal)).toHaveLength(1);
  },
);

test("a planted comparison with everybody's total is noticed", async () => {
  const rows = `SELECT *, sum(cost_usd) OVER (PARTITION BY week) AS of_all FROM ${WEEK_CALLS}`;
  const planted = plant("sum(cost_usd) / any(of_all)", ["signal_calls.cost_usd"], rows);
  expect(await violations(planted)).toEqual(["people together by week"]);
});

test("a planted reading of another table, or of an undeclared column, is noticed", async () => {
  const ofTotals = plant("max(turns)", [], "SELECT person_id, run_id, turns FROM runs");
  expect(await violations(ofTotals)).toContain("runs.turns is no evidence");
  expect(await violations(plant("avg(compression)", []))).toEqual([
    "signal_calls.compression is read and not declared",
  ]);
});

/** Some of each mechanism, so that a change would show. */
const WORK: SaidRun[] = [
  ...repeatRuns(60, HOUR_MS, () => ({ text: "tick", trigger: "unknown" })),
  ...anyTime(40, (place) => [
    {
      text: `question ${place}`,
      features: { delta_compression: place % 2 === 0 ? 0.04 : 0.4, delta_blocks: [String(place % 3)] },
    },
    { trigger: "tool", event: { stop_kind: place % 3 === 0 ? "length" : "end" } },
  ]),
];
const later = (byMs: number): SaidRun[] => WORK.map((run) => ({ ...run, atMs: run.atMs + byMs }));
const saidOf = (person: string, runs: readonly SaidRun[]): SaidRun[] =>
  runs.map((run) => ({ ...run, person: personOf(person), session: `${person} ${run.atMs}` }));
const rewritten = (change: (call: SaidCall) => SaidCall): SaidRun[] =>
  WORK.map((run) => ({ ...run, calls: run.calls.map(change) }));

/** The same work of different people, who differ in what is forbidden alone. */
const PEOPLE: Record<string, SaidRun[]> = {
  "as it is": WORK,
  "seven hours later": later(7 * HOUR_MS),
  "a day later": later(24 * HOUR_MS),
  "slower, and with longer prompts": rewritten((call) => ({
    ...call,
    event: { ...call.event, duration_ms: 900, first_byte_ms: 800, request_bytes: 100_000, messages: 3 },
    features: { ...call.features, delta_human_chars: 5000, delta_tool_chars: 10 },
  })),
};
const everybody = Object.entries(PEOPLE).flatMap(([person, runs]) => saidOf(person, runs));
const spender = (costUsd: number): SaidRun[] =>
  saidOf(
    "another",
    anyTime(60, () => ({ text: "spend", costUsd })),
  );

const newestVersion = defineQuery({
  name: "test: newest pass",
  sql: "SELECT max(version) AS version FROM analysis_windows",
  params: z.object({}),
  row: z.object({ version: z.coerce.number() }),
});

/** What was found of each person but the spender; times of day leave nothing but rounding. */
async function findingsByPerson() {
  const findings = await readFindings(bench.store);
  return Object.keys(PEOPLE).map((person) =>
    findings
      .filter(({ person_id }) => person_id === personOf(person))
      .map(({ signal, effect, cases, p_value, run_ids }) => ({
        signal,
        effect: effect.toFixed(9),
        cases,
        p_value: p_value?.toPrecision(6),
        runs: run_ids.length,
      })),
  );
}

async function detectPlanted(planted: Signal): Promise<void> {
  const [newest] = await bench.store.query(newestVersion, {});
  const pass = { store: bench.store, config: bench.options.config, version: newest?.version ?? 0, after: 0 };
  const times = {
    since: new Date(0),
    now: WEEK_ENDED,
    computedAt: undefined,
    scoredFrom: new Date(0),
  };
  const allowed = { templates: NO_TEMPLATES, hasOtherTemplates: false };
  await detectSignals({ ...pass, ...times, ...allowed }, [planted]);
}

test("the same work at another time, slower, in longer words, or beside others who spend more, is the same evidence", async () => {
  await arriveRuns(bench, [...everybody, ...spender(1)]);
  await bench.analyze({ scoredFrom: new Date(0), now: WEEK_ENDED });
  const found = await findingsByPerson();
  const [asItIs = [], ...others] = found;
  expect(asItIs.map(({ signal }) => signal)).toEqual(
    expect.arrayContaining([
      "replay_clusters",
      "prompt_variety",
      "phase_lock",
      "no_op_runs",
      "repeated_lines",
      "cut_off_answers",
    ]),
  );
  for (const other of others) expect(other).toEqual(asItIs);

  await bench.empty();
  await arriveRuns(bench, [...everybody, ...spender(1000)]);
  await bench.analyze({ scoredFrom: new Date(0), now: WEEK_ENDED });
  expect(await findingsByPerson()).toEqual(found);

  const planted = PLANTED["hour of day"];
  await detectPlanted(planted);
  const effects = (await findingsByPerson()).map((findings) =>
    findings.find(({ signal }) => signal === planted.name),
  );
  expect(
    new Set(effects.map((finding) => finding?.effect)).size,
    "a planted reading of the hour",
  ).toBeGreaterThan(1);
});

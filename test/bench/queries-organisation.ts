// An organisation for the benchmark of the dashboard's questions: two thousand people, of whom one has a hundred thousand runs, over
// twelve weeks; the records, and beside them what analytics derives of them, in the shape in which it leaves it. The engine itself
// writes the rows, because analytics over so many would take longer than what is measured.

import { z } from "zod";
import { defineStatement, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";

export const PEOPLE = 2000;
export const WEEKS = 12;
const CALLS_PER_RUN = 5;
const HEAVY_RUNS_MAX = 100_000;
/** One in so many runs is the heavy person's, until there are enough. */
const HEAVY_EVERY = 20;
const SPAN_MS = WEEKS * 7 * 86_400_000;
/** Rows of one INSERT … SELECT: the engine sorts them in memory. */
const PART_ROWS = 500_000;
const NEVER = "toDateTime('2090-01-01 00:00:00')";
const MODELS =
  "['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'claude-haiku-4-5', 'gemini-2.5-pro', 'gemini-2.5-flash', 'house-coder']";

export interface BenchSize {
  calls: number;
  /** Where the twelve weeks end. */
  endsAt: Date;
}

export const personIdOf = (index: number): string =>
  `01936a00-0000-7000-8000-${String(index).padStart(12, "0")}`;
export const runIdOf = (run: number): string => `c:${run}`;

/** The rows of a run number `number`, and of its calls `place`. */
function expressionsOf({ calls, endsAt }: BenchSize) {
  const runs = calls / CALLS_PER_RUN;
  const heavyRuns = Math.min(HEAVY_RUNS_MAX, Math.floor(runs / HEAVY_EVERY));
  const person = (run: string) =>
    `toUUID(concat('01936a00-0000-7000-8000-', leftPad(toString(if(${run} < ${heavyRuns}, 0, 1 + ${run} % ${PEOPLE - 1})), 12, '0')))`;
  const began = (run: string) =>
    `fromUnixTimestamp64Milli(toInt64(${endsAt.getTime() - SPAN_MS} + cityHash64(${run}) % ${SPAN_MS - 600_000}), 'UTC')`;
  return {
    runs,
    person,
    began,
    model: (run: string) => `${MODELS}[cityHash64('model', ${run}) % 7 + 1]`,
    client: (run: string) =>
      `['claude-code', 'codex', 'gemini-cli', 'openclaw'][cityHash64('client', ${run}) % 4 + 1]`,
    workloadClass: (run: string) =>
      `['interactive', 'interactive', 'batch', ''][cityHash64('class', ${run}) % 4 + 1]`,
    cost: (call: string) => `toDecimal64(${call} % 100, 12) / 100`,
    reason: (call: string) => `if(cityHash64('reason', ${call}) % 20 = 0, 'auxiliary', '')`,
  };
}

/** @param tell is called after each part with what has been written */
export async function fillBench(
  store: ClickHouseStore,
  size: BenchSize,
  tell: (what: string) => void,
): Promise<void> {
  const all = expressionsOf(size);
  for (let from = 0; from < size.calls; from += PART_ROWS) {
    const numbers = `numbers(${from}, ${Math.min(PART_ROWS, size.calls - from)})`;
    await write(store, eventsOf(numbers, all));
    await write(store, callsOf(numbers, all));
    tell(`${Math.min(from + PART_ROWS, size.calls)} calls`);
  }
  for (let from = 0; from < all.runs; from += PART_ROWS) {
    const numbers = `numbers(${from}, ${Math.min(PART_ROWS, all.runs - from)})`;
    for (const statement of runRowsOf(numbers, all)) await write(store, statement);
    tell(`${Math.min(from + PART_ROWS, all.runs)} runs`);
  }
  for (const statement of SUMS) await write(store, statement);
  tell("sums");
}

type Expressions = ReturnType<typeof expressionsOf>;
const RUN_OF_CALL = `intDiv(number, ${CALLS_PER_RUN})`;
const EVENT = "toUUID(concat('01936b00-0000-7000-8000-', leftPad(toString(number), 12, '0')))";
const STARTED = (began: string) => `${began} + toIntervalMillisecond((number % ${CALLS_PER_RUN}) * 20000)`;

const eventsOf = (
  numbers: string,
  { person, began, model, client, workloadClass, cost }: Expressions,
): string => `
INSERT INTO token_events (event_id, gateway_id, sequence, started_at, duration_ms, person_id, key_kind, identity_source, client, entrypoint,
  session_id, request_kind, trigger, workload_class, provider, model_served, status, terminated_by, usage_source,
  input_tokens, cache_read_tokens, output_tokens, cost_usd, expires_at, row_version)
SELECT ${EVENT}, 'g1', number, ${STARTED(began(RUN_OF_CALL))}, 15000, ${person(RUN_OF_CALL)}, 'person', 'key', ${client(RUN_OF_CALL)},
  'interactive', toString(${RUN_OF_CALL}), 'main', 'human', nullIf(${workloadClass(RUN_OF_CALL)}, ''), 'openai', ${model(RUN_OF_CALL)}, 200,
  'complete', 'reported', number % 5000, number % 20000, number % 900, ${cost("number")}, ${NEVER}, 1
FROM ${numbers}`;

const callsOf = (numbers: string, { person, began, workloadClass, reason }: Expressions): string => `
INSERT INTO calls (event_id, person_id, started_at, run_id, run_source, operation_id, attempt, credited, reason, workload_class, computed_at,
  version, expires_at)
SELECT ${EVENT}, ${person(RUN_OF_CALL)}, ${STARTED(began(RUN_OF_CALL))}, concat('c:', toString(${RUN_OF_CALL})), 'client', toString(number), 1,
  ${reason("number")} = '', ${reason("number")}, ${workloadClass(RUN_OF_CALL)}, now64(3), 1, ${NEVER}
FROM ${numbers}`;

/** Each run costs what its calls cost; one in twenty calls is not credited, which a run says by its own share. */
function runRowsOf(numbers: string, { person, began, model, client, workloadClass }: Expressions): string[] {
  const cost = `arraySum(arrayMap(place -> (number * ${CALLS_PER_RUN} + place) % 100, range(${CALLS_PER_RUN}))) / 100`;
  const week = `toMonday(${began("number")})`;
  const hasOutcome = "(cityHash64('outcome', number) % 4 = 0)";
  return [
    `INSERT INTO runs (person_id, run_id, run_source, session_id, client, workload_class, started_at, ended_at, calls, models, tags,
       input_tokens, cache_read_tokens, output_tokens, cost_usd, credited_cost_usd, uncredited_cost_usd, inputs_expire_at, version, expires_at)
     SELECT ${person("number")}, concat('c:', toString(number)), 'client', toString(number), ${client("number")}, ${workloadClass("number")},
       ${began("number")} AS began, began + INTERVAL 95 SECOND, ${CALLS_PER_RUN}, [${model("number")}], [concat('ticket=', toString(number % 997))],
       12500, 50000, 2250, toDecimal128(${cost}, 12), toDecimal128(${cost} * 0.95, 12), map('auxiliary', toDecimal128(${cost} * 0.05, 12)),
       ${NEVER}, 1, ${NEVER} FROM ${numbers}`,
    `INSERT INTO run_scores (person_id, run_id, week, workload_class, model_tier, is_observable, is_provisional, is_value_scored, cost_usd,
       credited_cost_usd, expected_outcomes, due_outcomes, value_points, reference_cost_usd, earned_cost_usd, method_version, version, expires_at)
     SELECT ${person("number")}, concat('c:', toString(number)), ${week}, ${workloadClass("number")}, 'medium', true, false, true, ${cost}, ${cost} * 0.95,
       0.25, ${hasOutcome}, ${hasOutcome} * 10, 4, ${hasOutcome} * 4, '1', 1, ${NEVER} FROM ${numbers}`,
    `INSERT INTO outcome_links (person_id, run_id, outcome_id, kind, source, trust, linked_by, share, quantity, occurred_at, credited_at,
       told_by, version, expires_at)
     SELECT ${person("number")}, concat('c:', toString(number)), concat('o', toString(number)), 'pr_merged', 'github', 'high', 'session', 1, 1,
       ${began("number")} + INTERVAL 5 HOUR AS happened, happened, 1, 1, ${NEVER} FROM ${numbers} WHERE ${hasOutcome}`,
  ];
}

const COUNTS = `count(), 0, 0, sum(input_tokens), sum(cache_read_tokens), sum(output_tokens), sum(cost_usd)`;
const COUNTED =
  "calls, unknown_usage_calls, unpriced_calls, input_tokens, cache_read_tokens, output_tokens, cost_usd";

const SUMS = [
  `INSERT INTO usage_days (person_id, day, model, client, workload_class, request_kind, reason, ${COUNTED}, version, expires_at)
   SELECT assumeNotNull(event.person_id), toDate(event.started_at), ifNull(event.model_served, ''), event.client, ifNull(event.workload_class, ''),
     event.request_kind, if(cityHash64('reason', event.sequence) % 20 = 0, 'auxiliary', '') AS reason, ${COUNTS}, 1, ${NEVER}
   FROM token_events AS event GROUP BY 1, 2, 3, 4, 5, 6, 7`,
  `INSERT INTO person_weeks (person_id, week, workload_class, runs, ${COUNTED}, credited_cost_usd, uncredited_cost_usd, inputs_expire_at, version, expires_at)
   SELECT assumeNotNull(event.person_id), toMonday(event.started_at), ifNull(event.workload_class, ''), uniqExact(event.session_id), ${COUNTS},
     sum(cost_usd) * 0.95, map('auxiliary', sum(cost_usd) * 0.05), ${NEVER}, 1, ${NEVER}
   FROM token_events AS event GROUP BY 1, 2, 3`,
  `INSERT INTO week_scores (person_id, week, workload_class, runs, earned_cost_usd, due_outcomes, expected_outcomes, yield_outcomes, yield_expected,
     yield, yield_low, yield_high, p_low_value, verdict, is_meaningful, inputs_expire_at, method_version, version, expires_at)
   SELECT person_id, week, workload_class, count(), sum(earned_cost_usd), sum(due_outcomes) AS due, sum(expected_outcomes), due, sum(expected_outcomes),
     1, 0.7, 1.4, 0.1, 'as_expected', true, ${NEVER}, '1', 1, ${NEVER}
   FROM run_scores GROUP BY person_id, week, workload_class`,
  `INSERT INTO class_baselines (week, workload_class, model_tier, coverage, cost_edges, expected_outcomes, dispersion, prior_shape, prior_rate,
     reference_outcomes, reference_cost_usd, runs, method_version, version, expires_at)
   SELECT week, workload_class, tier, 0.8, [1], [0.2, 0.3], 0.25, 4, 4, 1000, 4, 1000, '1', 1, ${NEVER}
   FROM (SELECT DISTINCT week, workload_class FROM week_scores) ARRAY JOIN ['unknown', 'medium'] AS tier`,
  `INSERT INTO week_signals (person_id, week, signal, family, workload_class, effect, floor, cases, p_value, p_value_source, is_above_floor, run_ids,
     inputs_expire_at, method_version, version, expires_at)
   SELECT person_id, week, 'replay_clusters', 'replay', 'interactive', 0.1, 0.5, 30, 0.4, 'reference', false, [], ${NEVER}, '1', 1, ${NEVER}
   FROM (SELECT DISTINCT person_id, week FROM week_scores)`,
  `INSERT INTO analysis_state (name, value, version) SELECT 'computed_at', formatDateTime(now(), '%Y-%m-%dT%H:%i:%S.000Z', 'UTC'), 1`,
];

async function write(store: ClickHouseStore, sql: string): Promise<void> {
  await store.execute(defineStatement({ name: "fill for the benchmark", sql, params: z.object({}) }), {});
}

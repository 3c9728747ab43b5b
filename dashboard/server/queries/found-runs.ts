// Which runs of a person stand before or after a place in an order, of those that a filter leaves? Only their names: a page has few
// runs, and of all the others no more is read than order and filter need (listed-runs.ts has the rest).
//
// A place is a value, a start and an id, so no two runs have the same one, and a page goes on exactly where the one before ended.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import type { RunSort } from "../../../schemas/runs-api.ts";
import { subjectIdParam } from "../access/scope.ts";

/** What falls in each order, beside the start. */
const VALUES: Readonly<Record<RunSort, string>> = {
  start: "toDecimal128(0, 12)",
  cost: "toDecimal128(row.cost_usd, 12)",
  outcomes: "toDecimal128(linked.due, 12)",
};

const START_KEYS = ["row.started_at", "row.run_id"];

/** What is sorted by. A constant in front would not change the order, but makes the engine read by the table's key, at many times the cost. */
const KEYS: Readonly<Record<RunSort, readonly string[]>> = {
  start: START_KEYS,
  cost: [VALUES.cost, ...START_KEYS],
  outcomes: [VALUES.outcomes, ...START_KEYS],
};

const COUNTED = `
LEFT JOIN (
  SELECT run_id AS linked_run, count() AS due
  FROM outcome_links FINAL
  WHERE person_id = {person_id:UUID} AND expires_at > {now:DateTime64(3)} AND kind IN {kinds:Array(String)}
    AND credited_at <= {now:DateTime64(3)} AND ifNull(reversed_at > {now:DateTime64(3)}, true)
  GROUP BY linked_run
) AS linked ON linked.linked_run = row.run_id`;

const DIRECTIONS = {
  /** Further down. */
  older: { beyond: "<", order: "DESC" },
  /** Further up, nearest first. */
  newer: { beyond: ">", order: "ASC" },
} as const;
export type RunDirection = keyof typeof DIRECTIONS;

const given = (name: string, condition: string): string => `({${name}:String} = '' OR ${condition})`;

const FILTERS = [
  given("client", "row.client = {client:String}"),
  given("model", "has(row.models, {model:String})"),
  given("class", "row.workload_class = if({class:String} = 'undeclared', '', {class:String})"),
  given("tag", "arrayExists(tag -> positionCaseInsensitiveUTF8(tag, {tag:String}) > 0, row.tags)"),
  given("reason", "mapContains(row.uncredited_cost_usd, {reason:String})"),
  given(
    "repository",
    `row.run_id IN (SELECT run_id FROM outcome_links FINAL
    WHERE person_id = {person_id:UUID} AND repo_hash = {repository:String} AND expires_at > {now:DateTime64(3)})`,
  ),
].join("\n  AND ");

function findRuns(sort: RunSort, direction: RunDirection) {
  const { beyond, order } = DIRECTIONS[direction];
  return defineQuery({
    name: `found runs by ${sort}, ${direction}`,
    sql: `
SELECT row.run_id AS run_id, row.started_at AS started_at, toString(${VALUES[sort]}) AS value
FROM runs AS row FINAL${sort === "outcomes" ? COUNTED : ""}
WHERE row.person_id = {person_id:UUID} AND row.expires_at > {now:DateTime64(3)}
  AND ${FILTERS}
  AND (${VALUES[sort]}, row.started_at, row.run_id) ${beyond}
    (toDecimal128({value:String}, 12), {started_at:DateTime64(3)}, {run_id:String})
ORDER BY ${KEYS[sort].map((key) => `${key} ${order}`).join(", ")}
LIMIT {rows_max:UInt32}`,
    params: z.object({
      person_id: subjectIdParam,
      now: z.date(),
      /** Of outcomes that are of value. */
      kinds: z.array(z.string()),
      /** Filters; '' is none. */
      client: z.string(),
      model: z.string(),
      class: z.string(),
      repository: z.string(),
      tag: z.string(),
      reason: z.string(),
      /** The place. */
      value: z.string(),
      started_at: z.date(),
      run_id: z.string(),
      rows_max: z.int(),
    }),
    row: z.object({ run_id: z.string(), started_at: z.iso.datetime(), value: z.string() }),
  });
}

const bySort = (sort: RunSort) => ({ older: findRuns(sort, "older"), newer: findRuns(sort, "newer") });

export const foundRuns = { start: bySort("start"), cost: bySort("cost"), outcomes: bySort("outcomes") };

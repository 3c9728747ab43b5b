// The tables on a cluster: what the migrations become there, and that every question has the answer that one server gives.
//
// No replica and no second server are run here, unless CLICKHOUSE_URL and CLICKHOUSE_CLUSTER name some: two shards are played by
// one engine (clickhouse-two-shards.ts).

import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { explainedSignals } from "../../analytics/queries/explained-signals.ts";
import { patternPeople } from "../../analytics/queries/pattern-people.ts";
import { patternRuns } from "../../analytics/queries/pattern-runs.ts";
import { patternSignals } from "../../analytics/queries/pattern-signals.ts";
import { testedWeeks } from "../../analytics/queries/tested-weeks.ts";
import { unlikelyWeeks } from "../../analytics/queries/unlikely-weeks.ts";
import { exportedEvents } from "../../dashboard/server/queries/exported-events.ts";
import { exportedWeeks } from "../../dashboard/server/queries/exported-weeks.ts";
import { subjectIdParam } from "../../dashboard/server/access/scope.ts";
import { readFilterValues, readRuns } from "../../dashboard/server/runs/runs.ts";
import { usageCuts } from "../../dashboard/server/queries/usage-cuts.ts";
import { RUN_SORTS } from "../../schemas/runs-api.ts";
import { SHARDED_BY, toClusterStatements } from "../../schemas/clickhouse/cluster.ts";
import {
  countPersonRows,
  putTombstone,
  removePersonRows,
  sweepErased,
} from "../../schemas/clickhouse/erasure.ts";
import { MIGRATIONS_FOLDER, toStatements } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { openAnalysisBench, OTHER_PERSON, PERSON, type AnalysisBench } from "../builders/analysis.ts";
import { recordOthers, recordPatternWeeks, toRunId } from "../builders/pattern-weeks.ts";
import { createRandom, randomCall, randomUnnamedCall, shuffle } from "../builders/random-calls.ts";
import { startTestCluster, type TestClickHouse } from "../services/clickhouse-http.ts";
import { ask } from "../services/clickhouse-openers.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const CLUSTER = { name: "of_a_test", database: "it's" };
const CALLS = 80;
const UNNAMED_CALLS = 40;
/** Nobody and PERSON lie on the first of two shards by the hash of their ids, and this one on the second. */
const ON_OTHER_SHARD = "01936a00-0000-7000-8000-000000000010";
const NOBODY = "00000000-0000-0000-0000-000000000000";
const NOW = new Date("2026-11-21T00:00:00Z");

const STATEMENTS = readdirSync(MIGRATIONS_FOLDER).flatMap((file) =>
  toStatements(readFileSync(join(MIGRATIONS_FOLDER, file), "utf8")),
);
const CHANGES = [
  "ALTER TABLE calls ADD COLUMN IF NOT EXISTS more UInt8 DEFAULT 0 AFTER reason",
  "ALTER TABLE calls MODIFY TTL expires_at + INTERVAL 1 DAY",
  "ALTER TABLE calls DELETE WHERE person_id = {person_id:UUID}",
];

let server: TestClickHouse & { cluster: string };
let sharded: AnalysisBench;
let single: AnalysisBench;

beforeAll(async () => {
  server = await startTestCluster();
  const { url, cluster } = server;
  sharded = await openAnalysisBench(
    "Europe/Berlin",
    await openClickHouse({ url, cluster, dataDir: "/unused" }),
  );
  single = await openAnalysisBench("Europe/Berlin");
});
afterAll(async () => {
  await Promise.all([sharded.close(), single.close()]);
  await server.stop();
});

const byPerson = (one: { person_id: string }, other: { person_id: string }): number =>
  one.person_id < other.person_id ? -1 : 1;

const format = (sql: string) => single.store.query(ask("SELECT formatQuery({sql:String}) AS sql"), { sql });

describe("what the migrations become", () => {
  test.each([...STATEMENTS, ...CHANGES].map((sql) => [sql.slice(0, 60), sql]))(
    "the engine reads the form for a cluster of: %s …",
    async (_beginning, sql) => {
      const statements = toClusterStatements(sql, CLUSTER);
      for (const statement of statements) {
        expect(await format(statement)).toHaveLength(1);
        expect(statement).toContain("ON CLUSTER 'of_a_test'");
        await expect(format(statement.replace("TABLE", "TABEL"))).rejects.toMatchObject({ code: "internal" });
      }
    },
  );

  test("a table is replicated under a name of its own, with all that it has, and distributed by its key", () => {
    const sql = `CREATE TABLE IF NOT EXISTS runs (a UInt8 DEFAULT f(1)) -- why
      ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY a TTL b SETTINGS c = 1`;
    expect(toClusterStatements(sql, CLUSTER)).toEqual([
      `CREATE TABLE IF NOT EXISTS runs_local ON CLUSTER 'of_a_test' (a UInt8 DEFAULT f(1)) -- why
      ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/it\\'s/runs', '{replica}', version, is_deleted) ORDER BY a TTL b SETTINGS c = 1`,
      `CREATE TABLE IF NOT EXISTS runs ON CLUSTER 'of_a_test' AS runs_local
ENGINE = Distributed('of_a_test', 'it\\'s', 'runs_local', cityHash64(person_id))`,
    ]);
  });

  test("columns change in both tables, and everything else where the rows are", () => {
    const tables = CHANGES.map((sql) =>
      toClusterStatements(sql, CLUSTER).map((statement) => statement.split(" ")[2]),
    );
    expect(tables).toEqual([["calls_local", "calls"], ["calls_local"], ["calls_local"]]);
  });

  test.each([
    ["a table of which nobody has said how it is sharded", "CREATE TABLE IF NOT EXISTS newcomer (a UInt8)"],
    ["a change of such a table", "ALTER TABLE newcomer DELETE WHERE 1"],
    ["columns and storage in one", "ALTER TABLE calls ADD COLUMN a UInt8, ADD INDEX b a TYPE minmax"],
    ["any other statement", "OPTIMIZE TABLE calls"],
  ])("%s is refused", (_what, sql) => {
    expect(() => toClusterStatements(sql, CLUSTER)).toThrow(expect.objectContaining({ code: "internal" }));
  });

  test("rows that replace each other meet on one shard, and in one partition", async () => {
    const sql = `SELECT name, sorting_key, partition_key FROM system.tables
      WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`;
    const tables = await single.store.query(ask(sql), {});
    expect(tables.map(({ name }) => String(name)).toSorted()).toEqual(Object.keys(SHARDED_BY).toSorted());
    for (const { name, sorting_key, partition_key } of tables) {
      const sorted = String(sorting_key).split(", ");
      expect(sorted).toContain(SHARDED_BY[String(name)]);
      const partitioned = String(partition_key).match(/\w+(?=\))|^\w+$/g) ?? [];
      for (const column of partitioned) expect(sorted).toContain(column);
    }
  });
});

const both = <Value>(question: (bench: AnalysisBench) => Promise<Value>) =>
  Promise.all([question(sharded), question(single)]);

const SEED = randomInt(2 ** 31);

describe(`two shards answer as one server does (seed ${SEED})`, () => {
  const random = createRandom(SEED);
  const calls = shuffle(
    random,
    Array.from({ length: CALLS }, (_, index) => {
      const call = randomCall(random, index);
      return call.person_id === OTHER_PERSON ? { ...call, person_id: ON_OTHER_SHARD } : call;
    }),
  );
  const unnamed = Array.from({ length: UNNAMED_CALLS }, (_, index) =>
    randomUnnamedCall(random, CALLS + index),
  );
  const deliveries = [calls.slice(0, CALLS / 2), calls.slice(CALLS / 4)];

  test("analytics derives the same rows from deliveries that overlap, pass after pass", async () => {
    for (const delivery of deliveries) {
      await both((bench) => bench.arrive(...delivery));
      const [onShards, onOne] = await both((bench) => bench.analyze());
      expect({ ...onShards, duration_ms: 0 }).toEqual({ ...onOne, duration_ms: 0 });
    }
    await both(async (bench) => {
      await bench.arrive(...unnamed.map(({ event }) => event));
      await bench.analyze();
      await bench.arriveFeatures(...unnamed.map(({ features }) => features));
      await bench.analyze();
    });
    const [onShards, onOne] = await both((bench) => bench.all());
    expect(onShards).toEqual(onOne);
    expect(onOne.runs.map(({ run_source }) => run_source)).toContain("chain");
    for (const table of ["token_events", "calls", "runs"]) {
      const shards = ask(`SELECT DISTINCT shardNum() AS shard FROM ${table} ORDER BY shard`);
      expect(await sharded.store.query(shards, {})).toEqual([{ shard: 1 }, { shard: 2 }]);
    }
  });

  test("the dashboard's questions", async () => {
    const day = { from: "2026-11-01", to: "2026-11-30", now: NOW };
    for (const id of [PERSON, ON_OTHER_SHARD]) {
      const subjectId = subjectIdParam.parse(id);
      const [onShards, onOne] = await both(({ store }) =>
        Promise.all([
          store.query(usageCuts, { person_id: subjectId, ...day }),
          ...RUN_SORTS.map(async (sort) => {
            const { runs } = await readRuns(store, { subjectId, query: { sort }, survivalDays: 7, now: NOW });
            return runs;
          }),
          readFilterValues(store, { subjectId, now: NOW }).then(({ clients }) => clients),
        ]),
      );
      expect(onShards).toEqual(onOne);
      expect(onShards.every((rows) => rows.length > 0)).toBe(true);
    }
    const [onShards, onOne] = await both(({ store }) =>
      Array.fromAsync(store.stream(exportedEvents, { from: new Date(0), to: NOW, now: NOW })),
    );
    expect(onShards).toEqual(onOne);
    expect(onShards).toHaveLength(CALLS + UNNAMED_CALLS);
  });

  test("the questions about patterns", async () => {
    const [week, families, person_ids] = [
      "2026-11-09",
      ["no_op", "replay"],
      [PERSON, ON_OTHER_SHARD],
    ] as const;
    const said = { weeks: [week], families, dueOutcomes: 1, expectedOutcomes: 14 };
    const speaking = { from_week: week, to_week: week, p_value_max: 0.01 };
    const [onShards, onOne] = await both(async ({ store }) => {
      await recordOthers(store, [week], { people: 0, peopleOfReference: 99 });
      for (const personId of person_ids) await recordPatternWeeks(store, { ...said, personId });
      const [first] = person_ids;
      return Promise.all([
        store.query(patternPeople, { ...speaking, families_min: 2, after: NOBODY, people_max: 10 }),
        store.query(patternSignals, { ...speaking, person_ids: [...person_ids] }),
        store.query(patternRuns, {
          ...speaking,
          person_ids: [...person_ids],
          families: person_ids.map(() => ["replay"]),
          weeks: person_ids.map(() => [week]),
        }),
        store.query(testedWeeks, speaking),
        store.query(unlikelyWeeks, { week, p_value_max: 0.01 }),
        store.query(explainedSignals, { person_id: first, run_id: toRunId(week), p_value_max: 1, now: NOW }),
        Array.fromAsync(
          store.stream(exportedWeeks, { from: new Date(0), to: NOW, now: NOW, timezone: "UTC" }),
        ),
      ]);
    });
    // Both people are one row each, wherever they lie; nothing says in which order.
    const [, , runsOnShards] = onShards;
    expect(runsOnShards.toSorted(byPerson)).toEqual(onOne[2].toSorted(byPerson));
    expect(onShards.toSpliced(2, 1)).toEqual(onOne.toSpliced(2, 1));
    expect(onShards.map((rows) => rows.length > 0)).toEqual(onShards.map(() => true));
    expect(runsOnShards).toMatchObject([{ expected_outcomes: 14 }, { expected_outcomes: 14 }]);
  });

  test("an erasure, and a sweep of what came in late", async () => {
    const [onShards, onOne] = await both(async ({ store, options, ...bench }) => {
      await putTombstone(store, PERSON);
      await removePersonRows(store, [PERSON]);
      const erased = await countPersonRows(store, PERSON);
      await bench.arrive(...calls.slice(0, CALLS / 2));
      const swept = [await sweepErased(store, options.clock()), await sweepErased(store, options.clock())];
      return { erased, swept, left: await countPersonRows(store, PERSON) };
    });
    expect(onShards).toEqual(onOne);
    expect(onOne.swept).toEqual([1, 0]);
    expect(new Set(Object.values({ ...onOne.erased, ...onOne.left }))).toEqual(new Set([0]));
  });
});

// Whether every call is recorded, put together from what ClickHouse has, what the processes of this machine say, and what lies on its
// disk. Each source is asked by itself, and one that does not answer leaves its part unknown.
//
// Always holds: nothing here is of a person; nobody is named, and nothing is grouped by anybody.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import { defineQuery, type ClickHouseStore } from "../../../schemas/clickhouse/store.ts";
import { readSnapshotManifest } from "../../../schemas/identity-snapshot.ts";
import { HOURS_LOOKED_AT, type Flow } from "../../../schemas/operator-api.ts";
import { people } from "../../../schemas/postgres/tables.ts";
import type { OperatorScope } from "../access/scope.ts";
import type { Dashboard } from "../dashboard.ts";
import { computedAt } from "../queries/computed-at.ts";
import { recentTombstones } from "../queries/recent-tombstones.ts";
import { recordedCalls } from "../queries/recorded-calls.ts";
import { uncomputedCalls } from "../queries/uncomputed-calls.ts";
import { unmeasuredCalls } from "../queries/unmeasured-calls.ts";
import { readProcessReports } from "./process-reports.ts";
import { listDrops, listGateways, listStages } from "./stages.ts";

const HOUR_MS = 3_600_000;
const RECENT_MS = HOUR_MS / 4;
/** An erasure that was cut off is run again within days; a tombstone older than this is of one that has ended. */
const ERASURE_MS_MAX = 30 * 24 * HOUR_MS;
/** More than that is not counted at every look. */
const LETTER_BYTES_MAX = 16 * 1024 * 1024;

export async function readFlow(dashboard: Dashboard, scope: OperatorScope, now: Date): Promise<Flow> {
  const { stores, config } = dashboard;
  const [reports, store, postgresVersion] = await Promise.all([
    readProcessReports(config),
    ifAnswered(() => askClickHouse(dashboard, scope, now)),
    ifAnswered(() => readPostgresVersion(dashboard)),
  ]);
  const stages = listStages(reports, {
    hasKafka: config.kafka !== undefined,
    isStoreReachable: store !== null,
  });
  const tombstones = store?.tombstones;
  const isErasing = tombstones?.some(
    ({ erased_at }) => now.getTime() - erased_at.getTime() < (HOURS_LOOKED_AT + 1) * HOUR_MS,
  );
  const snapshot = readSnapshotManifest(config.dataDir);
  return {
    as_of: now.toISOString(),
    // An erasure takes records out, whose numbers are then missing for a good reason.
    recorded: store && { ...store.recorded, missing: isErasing === true ? null : store.recorded.missing },
    behind_seconds: stages.find(({ stage }) => stage === "spool")?.oldest_seconds ?? null,
    stages,
    drops: listDrops(reports),
    dead_letters: config.kafka === undefined ? countLetters(join(config.dataDir, "dead-letters")) : null,
    unmetered: store && store.unmetered,
    unpriced: store && store.unpriced,
    erasures_under_way:
      tombstones === undefined
        ? null
        : await ifAnswered(() =>
            countErasures(
              stores,
              tombstones.map(({ person_id }) => person_id),
            ),
          ),
    stores: [
      { store: "ClickHouse", is_reachable: store !== null, version: store?.version ?? null },
      { store: "Postgres", is_reachable: postgresVersion !== null, version: postgresVersion },
    ],
    versions: { assay: readVersion(), node: process.version },
    gateways: listGateways(reports),
    snapshot_age_seconds: snapshot
      ? Math.max(0, (now.getTime() - Date.parse(snapshot.read_at)) / 1000)
      : null,
    analytics: store && store.analytics,
  };
}

const clickhouseVersion = defineQuery({
  name: "version",
  sql: "SELECT version() AS version",
  params: z.object({}),
  row: z.object({ version: z.string() }),
});

async function askClickHouse({ stores: { clickhouse } }: Dashboard, scope: OperatorScope, now: Date) {
  const before = (ms: number) => new Date(now.getTime() - ms);
  const from = before(HOURS_LOOKED_AT * HOUR_MS);
  const margin = before((HOURS_LOOKED_AT + 1) * HOUR_MS);
  const times = { from, margin, settled: before(HOUR_MS), recent: before(RECENT_MS) };
  const [[recorded], models, tombstones, [version], analytics] = await Promise.all([
    clickhouse.query(recordedCalls, { scope, ...times }),
    clickhouse.query(unmeasuredCalls, { scope, from }),
    clickhouse.query(recentTombstones, { scope, from: before(ERASURE_MS_MAX) }),
    clickhouse.query(clickhouseVersion, {}),
    readAnalytics(clickhouse, scope, from),
  ]);
  const pick = (kind: "unmetered" | "unpriced") =>
    models
      .map(({ provider, model, [kind]: calls }) => ({ provider, model, calls }))
      .filter(({ calls }) => calls > 0)
      .toSorted((one, other) => other.calls - one.calls);
  return {
    recorded: recorded ?? { calls: 0, missing: 0, newest_at: null, delay_seconds: null },
    unmetered: pick("unmetered"),
    unpriced: pick("unpriced"),
    tombstones,
    version: version?.version ?? null,
    analytics,
  };
}

/** @param from since when calls wait where no pass has ended yet */
async function readAnalytics(clickhouse: ClickHouseStore, scope: OperatorScope, from: Date) {
  const [computed] = await clickhouse.query(computedAt, {});
  const since = computed === undefined ? from : new Date(computed.computed_at);
  const [uncomputed] = await clickhouse.query(uncomputedCalls, { scope, since });
  return { computed_at: computed?.computed_at ?? null, waiting_calls: uncomputed?.calls ?? 0 };
}

async function readPostgresVersion({ stores: { postgres } }: Dashboard): Promise<string> {
  const { rows } = await postgres.db.execute(sql`SHOW server_version`);
  const [{ server_version: version }] = z.tuple([z.object({ server_version: z.string() })]).parse(rows);
  return version.split(" ")[0] ?? version;
}

/** Those whose rows go, and who are still there themselves: an erasure takes the person last. */
async function countErasures({ postgres }: Dashboard["stores"], personIds: string[]): Promise<number> {
  if (personIds.length === 0) return 0;
  return postgres.db.$count(people, inArray(people.personId, personIds));
}

/** Lines that are not empty; null where there are too many to count at every look. */
function countLetters(folder: string): number | null {
  if (!statSync(folder, { throwIfNoEntry: false })) return 0;
  const files = readdirSync(folder).map((name) => join(folder, name));
  const bytes = files.reduce((total, file) => total + statSync(file).size, 0);
  if (bytes > LETTER_BYTES_MAX) return null;
  const lines = files.flatMap((file) => readFileSync(file, "utf8").split("\n"));
  return lines.filter((line) => line.trim() !== "").length;
}

const manifestSchema = z.object({ version: z.string() });

function readVersion(): string {
  const file = join(import.meta.dirname, "../../../package.json");
  return manifestSchema.parse(JSON.parse(readFileSync(file, "utf8"))).version;
}

/** Null while a store is away: the rest of the page is told all the same. */
async function ifAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AppError && error.retry) return null;
    throw error;
  }
}

// A key that is revoked in Postgres is refused by every worker of every gateway, on whatever machine. Two gateways, each a process
// tree of its own with a data directory of its own and two workers, know nothing of each other but Postgres.
//
// How long it takes is printed and not judged: at most 2 s until Postgres is asked, 1 s until a worker looks, and the reading, on
// a machine that has time for it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createKey, revokeKey, type CreatedKey } from "../../dashboard/server/keys/keys.ts";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres, type PostgresStore } from "../../schemas/postgres/open.ts";
import { DistributedProcess } from "../services/distributed.ts";
import { startTestPostgres, type TestPostgres } from "../services/postgres.ts";
import { send } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const PATIENCE_MS = 240_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });
const GATEWAYS = ["one", "two"];
const WORKERS = ["gateway-1", "gateway-2"];
/** Each on a connection of its own, which the kernel gives to one of the workers. */
const CALLS_AT_ONCE = 8;

let server: TestPostgres;
let postgres: PostgresStore;
let replay: ReplayProvider;
let folder: string;
let gateways: DistributedProcess[];
beforeAll(async () => {
  [server, replay] = await Promise.all([startTestPostgres(), startReplayProvider()]);
  postgres = await openPostgres({ url: server.url });
  await migratePostgres(postgres);
  folder = mkdtempSync(join(tmpdir(), "assay-revocation-"));
  gateways = GATEWAYS.map(
    (name) =>
      new DistributedProcess(name, ["gateway"], {
        dataDir: join(folder, name),
        settings: {
          ASSAY_GATEWAY_PORT: "0",
          ASSAY_METRICS_PORT: "0",
          ASSAY_GATEWAY_WORKERS: String(WORKERS.length),
          ASSAY_UPSTREAM_OPENAI_URL: replay.url,
          DATABASE_URL: server.url,
        },
      }),
  );
  await Promise.all(gateways.map((gateway) => gateway.start()));
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await Promise.all([postgres.close(), replay.close()]);
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function makeKey(): Promise<CreatedKey> {
  const service = { kind: "service", personId: null, actorId: null, name: "k" } as const;
  return createKey(postgres, { ...service, workloadClass: null, expiresAt: null }, new Date());
}

/** Statuses of calls at one gateway at the same time. */
function callWith(secret: string, { url }: DistributedProcess): Promise<number[]> {
  const call = async () =>
    (await send(`${url}/v1/models`, { method: "GET", headers: { "x-assay-key": secret } })).status;
  return Promise.all(Array.from({ length: CALLS_AT_ONCE }, call));
}

/** How often each worker of a gateway has counted something. */
async function countsOf(metric: string, { metricsUrl }: DistributedProcess): Promise<number[]> {
  const scraped = await (await fetch(`${metricsUrl}/metrics`)).text();
  const lines = scraped.split("\n").filter((line) => line.startsWith(`${metric}{`));
  return WORKERS.map((worker) =>
    lines
      .filter((line) => line.includes(`process="${worker}"`))
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0),
  );
}

/** Calls with a key until each worker of each gateway has counted one more of something. */
async function callUntilAll(metric: string, secret: string): Promise<void> {
  await Promise.all(
    gateways.map(async (gateway) => {
      const before = await countsOf(metric, gateway);
      const isDone = async () =>
        (await countsOf(metric, gateway)).every((count, at) => count > (before[at] ?? 0));
      do await callWith(secret, gateway);
      while (!(await isDone()));
    }),
  );
}

test("a key that is revoked in Postgres is refused by every worker of every gateway", async () => {
  const { key, secret } = await makeKey();
  await callUntilAll("assay_calls_total", secret);
  const { secret: other } = await makeKey();
  await callUntilAll("assay_calls_total", other);

  const revokedAt = performance.now();
  await revokeKey(postgres, { keyId: key.key_id, actorId: null }, new Date());
  await callUntilAll("assay_refused_calls_total", secret);
  const tookMs = Math.round(performance.now() - revokedAt);
  console.log(
    `A revoked key was refused by ${GATEWAYS.length} gateways of ${WORKERS.length} workers after ${tookMs} ms.`,
  );

  for (const gateway of gateways) {
    expect(new Set(await callWith(secret, gateway)), "none takes it any more").toEqual(new Set([401]));
    expect(new Set(await callWith(other, gateway)), "and all take another one").toEqual(new Set([200]));
  }
});

// Outcome intake for tests, whole: the dashboard's server on a port of its own, the spool that intake writes, and the sink that takes
// outcomes into ClickHouse when a test asks for them. Its clock stands until it is moved.

import { join } from "node:path";
import { sign } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { createDashboard } from "../../dashboard/server/app.ts";
import { createKey } from "../../dashboard/server/keys/keys.ts";
import { startDashboard } from "../../dashboard/server/listen.ts";
import { createLinkHashes, type LinkHashes } from "../../ingest/outcomes/link-hashes.ts";
import { startIntake } from "../../ingest/outcomes/start-intake.ts";
import { openDeadLetters } from "../../ingest/sink/dead-letters.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { createSink } from "../../ingest/sink/sink.ts";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import { outcomeFacts } from "../../schemas/postgres/outcome-tables.ts";
import type { Config } from "../../schemas/config.ts";
import { createVitals, type Vitals } from "../../schemas/vitals.ts";
import { openDashboardBench, type DashboardBench, type Person } from "./dashboard.ts";

const LINK_SECRET = "link-secret-of-this-test-and-no-other";
export const SECRETS = {
  github: "github-secret-of-this-test",
  gitlab: "gitlab-secret-of-this-test",
  generic: "generic-secret-of-this-test",
} as const;
const RECORDS_MAX = 1000;

export type StoredOutcome = Readonly<Record<string, unknown>>;

export interface Sent {
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface IntakeBench {
  bench: DashboardBench;
  hashes: LinkHashes;
  vitals: Vitals;
  now(): Date;
  post(path: string, sent: Sent): Promise<Response>;
  /** As GitHub sends it; `said` replaces headers. */
  github(event: string, payload: object, said?: Readonly<Record<string, string>>): Promise<Response>;
  gitlab(payload: object, said?: Readonly<Record<string, string>>): Promise<Response>;
  /** Signed by the published library of Standard Webhooks. */
  generic(body: object, said?: { id?: string; secret?: string; sentAt?: Date }): Promise<Response>;
  report(key: string, body: object): Promise<Response>;
  makeKey(person: Person | null): Promise<string>;
  /** Takes what intake has written into ClickHouse, and returns all that is there, by id. */
  outcomes(): Promise<StoredOutcome[]>;
  /** Leaves no outcome, and nothing of what was told. */
  empty(): Promise<void>;
  /** What the metric counted, by intake and result: `github accepted`. */
  counted(): Promise<Record<string, number>>;
  /** The same without a socket, which a server may close on whoever is still sending. */
  request(path: string, sent: Sent): Promise<Response> | Response;
  /** Of server and intake, with another configuration where it is given; the stores go on. */
  restart(more?: Partial<Config>): Promise<void>;
  close(): Promise<void>;
}

const answerSchema = z.object({ result: z.string(), outcomes: z.int() });

/** What a request that was taken is answered. */
export async function readAnswer(response: Response): Promise<z.infer<typeof answerSchema>> {
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return answerSchema.parse(await response.json());
}

function toRequest({ headers = {}, body = "" }: Sent): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
}

const readOutcomes = defineQuery({
  name: "outcomes of a test",
  sql: "SELECT * EXCEPT (schema_version, ingested_at, expires_at) FROM outcomes FINAL ORDER BY outcome_id",
  params: z.object({}),
  row: z.looseObject({}),
});

const removeOutcomes = defineStatement({
  name: "empty outcomes of a test",
  sql: "TRUNCATE TABLE outcomes",
  params: z.object({}),
});

export async function openIntakeBench(settings: Readonly<Record<string, string>> = {}): Promise<IntakeBench> {
  const bench = await openDashboardBench({
    ASSAY_DASHBOARD_PORT: "0",
    ASSAY_LINK_SECRET: LINK_SECRET,
    ASSAY_GITHUB_WEBHOOK_SECRET: SECRETS.github,
    ASSAY_GITLAB_WEBHOOK_SECRET: SECRETS.gitlab,
    ASSAY_WEBHOOK_SECRET: SECRETS.generic,
    ...settings,
  });
  const { stores, config, now, log } = bench.dashboard;
  const vitals = createVitals("service");
  let { intake, server, app } = await start();
  const spool = openSpoolReader(log, { spoolDir: join(config.dataDir, "spool"), metrics: vitals.metrics });
  const { deliver } = createSink({
    store: stores.clickhouse,
    deadLetters: openDeadLetters({ folder: join(config.dataDir, "dead-letters"), now }),
    metrics: vitals.metrics,
    price: createPricer(),
    retentionDays: config.retentionDays,
  });
  let deliveries = 0;

  async function takeIn(): Promise<void> {
    const { commit, ...batch } = spool.readBatch(RECORDS_MAX);
    await deliver(batch);
    commit();
  }

  async function start(more: Partial<Config> = {}) {
    const started = startIntake(log, {
      config: { ...config, ...more },
      postgres: stores.postgres,
      vitals,
      now,
    });
    const dashboard = { ...bench.dashboard, intake: started.app };
    return { intake: started, server: await startDashboard(dashboard), app: createDashboard(dashboard) };
  }

  async function stop(): Promise<void> {
    await server.close();
    await intake.close();
  }

  const post = (path: string, said: Sent): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}${path}`, toRequest(said));

  return {
    bench,
    hashes: createLinkHashes(LINK_SECRET),
    vitals,
    now,
    post,
    async github(event, payload, said = {}) {
      const body = JSON.stringify(payload);
      const headers = {
        "x-github-event": event,
        "x-github-delivery": `delivery-${(deliveries += 1)}`,
        "x-hub-signature-256": await sign(SECRETS.github, body),
        ...said,
      };
      return post("/webhooks/github", { headers, body });
    },
    gitlab(payload, said = {}) {
      const headers = {
        "x-gitlab-token": SECRETS.gitlab,
        "idempotency-key": `delivery-${(deliveries += 1)}`,
        ...said,
      };
      return post("/webhooks/gitlab", { headers, body: JSON.stringify(payload) });
    },
    generic(content, { id = `msg-${(deliveries += 1)}`, secret = SECRETS.generic, sentAt = now() } = {}) {
      const body = JSON.stringify(content);
      const headers = {
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
        "webhook-signature": new Webhook(secret, { format: "raw" }).sign(id, sentAt, body),
      };
      return post("/webhooks/generic", { headers, body });
    },
    report: (key, body) =>
      post("/api/v1/outcomes", {
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
      }),
    async makeKey(person) {
      const said = { name: "a key", workloadClass: null, expiresAt: null, actorId: null };
      const kind = person === null ? "service" : "person";
      const personId = person?.personId ?? null;
      return (await createKey(stores.postgres, { ...said, kind, personId }, now())).secret;
    },
    async outcomes() {
      await takeIn();
      return stores.clickhouse.query(readOutcomes, {});
    },
    async empty() {
      await takeIn();
      await stores.clickhouse.execute(removeOutcomes, {});
      await stores.postgres.db.delete(outcomeFacts);
    },
    async counted() {
      const { values } = await vitals.metrics.outcomeDeliveries.get();
      return Object.fromEntries(
        values.map(({ labels, value }) => [`${labels.intake} ${labels.result}`, value]),
      );
    },
    request: (path, sent) => app.request(path, toRequest(sent)),
    async restart(more = {}) {
      await stop();
      ({ intake, server, app } = await start(more));
    },
    async close() {
      await stop();
      spool.close();
      await bench.close();
    },
  };
}

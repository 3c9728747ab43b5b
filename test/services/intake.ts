// Outcome intake for tests, whole: the dashboard's server on a port of its own, the spool that intake writes, and the sink that takes
// outcomes into ClickHouse when a test asks for them. Its clock stands until it is moved.

import { join } from "node:path";
import { sign } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { createKey } from "../../dashboard/server/keys.ts";
import { startDashboard } from "../../dashboard/server/listen.ts";
import { createLinkHashes, type LinkHashes } from "../../ingest/outcomes/link-hashes.ts";
import { startIntake } from "../../ingest/outcomes/start-intake.ts";
import { openDeadLetters } from "../../ingest/sink/dead-letters.ts";
import { createPricer } from "../../ingest/sink/price.ts";
import { createSink } from "../../ingest/sink/sink.ts";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import { defineQuery } from "../../schemas/clickhouse/store.ts";
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
  url: string;
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
  /** What the metric counted, by intake and result: `github accepted`. */
  counted(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

const readOutcomes = defineQuery({
  name: "outcomes of a test",
  sql: "SELECT * EXCEPT (schema_version, ingested_at, expires_at) FROM outcomes FINAL ORDER BY outcome_id",
  params: z.object({}),
  row: z.looseObject({}),
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
  const intake = startIntake(log, { config, postgres: stores.postgres, vitals, now });
  const server = await startDashboard({ ...bench.dashboard, intake: intake.app });
  const url = `http://127.0.0.1:${server.port}`;
  const spool = openSpoolReader(log, { spoolDir: join(config.dataDir, "spool"), metrics: vitals.metrics });
  const { deliver } = createSink({
    store: stores.clickhouse,
    deadLetters: openDeadLetters({ folder: join(config.dataDir, "dead-letters"), now }),
    metrics: vitals.metrics,
    price: createPricer(),
    retentionDays: config.retentionDays,
  });
  let sent = 0;

  const post = (path: string, { headers = {}, body = "" }: Sent): Promise<Response> =>
    fetch(url + path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });

  return {
    bench,
    hashes: createLinkHashes(LINK_SECRET),
    vitals,
    url,
    now,
    post,
    async github(event, payload, said = {}) {
      const body = JSON.stringify(payload);
      const headers = {
        "x-github-event": event,
        "x-github-delivery": `delivery-${(sent += 1)}`,
        "x-hub-signature-256": await sign(SECRETS.github, body),
        ...said,
      };
      return post("/webhooks/github", { headers, body });
    },
    gitlab(payload, said = {}) {
      const headers = {
        "x-gitlab-token": SECRETS.gitlab,
        "idempotency-key": `delivery-${(sent += 1)}`,
        ...said,
      };
      return post("/webhooks/gitlab", { headers, body: JSON.stringify(payload) });
    },
    generic(content, { id = `msg-${(sent += 1)}`, secret = SECRETS.generic, sentAt = now() } = {}) {
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
      const { commit, ...batch } = spool.readBatch(RECORDS_MAX);
      await deliver(batch);
      commit();
      return stores.clickhouse.query(readOutcomes, {});
    },
    async counted() {
      const { values } = await vitals.metrics.outcomeDeliveries.get();
      return Object.fromEntries(
        values.map(({ labels, value }) => [`${labels.intake} ${labels.result}`, value]),
      );
    },
    async close() {
      await server.close();
      await intake.close();
      spool.close();
      await bench.close();
    },
  };
}

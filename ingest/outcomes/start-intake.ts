// A running intake: its writer on a spool, the keys of its hashes, and the addresses that the dashboard serves. The same in the service
// of `assay start` and in `assay dashboard`.

import { join } from "node:path";
import type { Hono } from "hono";
import type { Logger } from "pino";
import type { Config } from "../../schemas/config.ts";
import { readOrMakeSecret } from "../../schemas/data-directory.ts";
import type { Outcome } from "../../schemas/outcome.ts";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import type { Vitals } from "../../schemas/vitals.ts";
import { createIntake } from "./intake.ts";
import { createLinkHashes } from "./link-hashes.ts";
import { openOutcomeWriter } from "./outcome-writer.ts";

export interface StartIntakeOptions {
  config: Config;
  postgres: PostgresStore;
  vitals: Vitals;
  /** Where outcomes wait until somebody takes them on. Default: the spool of the data directory. */
  spoolDir?: string;
  now: () => Date;
}

export interface RunningIntake {
  app: Hono;
  /** Takes an outcome that a person told of on their own page; resolves when it is durable. */
  record: (outcome: Outcome) => Promise<void>;
  /** Nothing may be under way any more. */
  close(): Promise<void>;
}

export function startIntake(log: Logger, options: StartIntakeOptions): RunningIntake {
  const { config, postgres, vitals, now } = options;
  const { spoolDir = join(config.dataDir, "spool") } = options;
  const { metrics } = vitals;
  const writer = openOutcomeWriter(log, { spoolDir, bytesMax: config.spoolBytesMax, metrics });
  vitals.watch("outcome intake", () => writer.health());
  // The same as the gateways', or no outcome is ever found to belong to a call's files.
  const hashes = createLinkHashes(config.linkSecret ?? readOrMakeSecret(config.dataDir, "link-secret"));
  const app = createIntake({ log, writer, hashes, postgres, config, metrics, now });
  return { app, record: (outcome) => writer.write([outcome]), close: () => writer.close() };
}

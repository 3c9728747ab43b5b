// Keeps patterns beside analytics: says by what rules a pass goes and from when on individuals are scored, and after each pass brings patterns up to date with what
// the pass found. The organisation's targets, which are about nobody, are tested on the way.
//
// Always holds: when a store is away, the pass goes on, and patterns wait: nothing opens by itself meanwhile. The health of the
// process says so, and a later call does what this one could not.

import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Config } from "../../schemas/config.ts";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import type { Method } from "../../schemas/method.ts";
import { readScoredFrom } from "../../schemas/postgres/policies.ts";
import { readRules } from "../../schemas/postgres/setting-versions.ts";
import type { PartCheck } from "../../schemas/vitals.ts";
import { createOutage } from "../outage.ts";
import { testDueTargets } from "../targets.ts";
import { keepPatterns } from "./keep-patterns.ts";

export interface PatternKeeperOptions {
  clickhouse: ClickHouseStore;
  postgres: PostgresStore;
  config: Pick<Config, "individualScoring" | "timezone" | "holidays" | "method" | "retentionDays" | "given">;
  clock: () => Date;
  log: { error(fields: object, message: string): void };
}

/** By what the next pass goes. */
export interface PassRules {
  /** When individual scoring began; undefined: nobody is scored. */
  scoredFrom: Date | undefined;
  method: Method;
}

export interface PatternKeeper {
  /** Never rejects: while Postgres is away they are what they were before, and nobody is scored where that is not known. */
  readRules(): Promise<PassRules>;
  /** Brings patterns up to date as of `now`, where individuals are scored. Never rejects: what can't be done now is done by a later call. */
  keep(now?: Date): Promise<void>;
  /** Whether the last call could do all of it. */
  check: PartCheck;
}

export function createPatternKeeper({
  clickhouse,
  postgres,
  config,
  clock,
  log,
}: PatternKeeperOptions): PatternKeeper {
  let rules: PassRules = { scoredFrom: undefined, method: config.method };
  const outage = createOutage(log, {
    event: "patterns could not be brought up to date",
    state: () => "Patterns wait",
  });

  return {
    async readRules() {
      try {
        const inForce = await readRules(postgres, config);
        rules = { method: inForce.method, scoredFrom: await readScoredFrom(postgres, inForce) };
      } catch (error) {
        outage.note(error);
      }
      return rules;
    },
    async keep(now = clock()) {
      try {
        const inForce = await readRules(postgres, config);
        await testDueTargets({ clickhouse, postgres }, { config: inForce, now });
        const from = await readScoredFrom(postgres, inForce);
        if (from) await keepPatterns({ clickhouse, postgres, config: inForce }, { scoredFrom: from, now });
        outage.end();
      } catch (error) {
        outage.note(error);
      }
    },
    check: outage.check,
  };
}

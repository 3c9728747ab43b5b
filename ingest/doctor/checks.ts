// Everything that the doctor looks at, in the order in which it tells of it.
//
// Always holds: the checks run side by side, each for a limited time, and one that fails or takes too long is a finding
// itself. None of them writes anything.

import { setTimeout as wait } from "node:timers/promises";
import { errorMessage } from "../../schemas/app-error.ts";
import { checkBus } from "./bus.ts";
import { checkClickHouse } from "./clickhouse.ts";
import { checkClock } from "./clock.ts";
import { checkConfiguration } from "./configuration.ts";
import { checkDataDirectory } from "./data-directory.ts";
import { checkDeadLetters } from "./dead-letters.ts";
import { fault, type Deployment, type Finding } from "./finding.ts";
import { checkKeys } from "./keys.ts";
import { checkMetricsPort } from "./metrics-port.ts";
import { checkNotices } from "./notices.ts";
import { checkAudit, checkPostgres } from "./postgres.ts";
import { checkPrices } from "./prices.ts";
import { checkProviders } from "./providers.ts";
import { checkService } from "./service.ts";
import { checkSpool } from "./spool.ts";

const CHECK_MS_MAX = 15_000;

type Check = (deployment: Deployment) => Finding[] | Promise<Finding[]>;

const CHECKS: Readonly<Record<string, Check>> = {
  configuration: checkConfiguration,
  "data directory": checkDataDirectory,
  service: checkService,
  ClickHouse: checkClickHouse,
  Postgres: checkPostgres,
  audit: checkAudit,
  spool: checkSpool,
  bus: checkBus,
  "dead letters": checkDeadLetters,
  "metrics port": checkMetricsPort,
  clock: checkClock,
  "price table": checkPrices,
  keys: checkKeys,
  providers: checkProviders,
  notices: checkNotices,
};

/** A finding, and the check that made it. */
export interface CheckedFinding extends Finding {
  check: string;
}

export async function examine(deployment: Deployment): Promise<CheckedFinding[]> {
  const checked = Object.entries(CHECKS).map(async ([check, run]) => {
    const findings = await runCheck(run, deployment);
    return findings.map((finding) => ({ check, ...finding }));
  });
  return (await Promise.all(checked)).flat();
}

async function runCheck(run: Check, deployment: Deployment): Promise<Finding[]> {
  const done = new AbortController();
  const tooLong = wait(CHECK_MS_MAX, undefined, { signal: done.signal }).then(
    () => [
      fault(`This check took longer than ${CHECK_MS_MAX / 1000} s.`, "Look at the load of the machine."),
    ],
    () => [],
  );
  try {
    return await Promise.race([run(deployment), tooLong]);
  } catch (error) {
    return [
      fault(`This could not be checked: ${errorMessage(error)}`, "Mend what it names, and run it again."),
    ];
  } finally {
    done.abort();
  }
}

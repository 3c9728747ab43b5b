// `assay dashboard`: the dashboard's server alone, and with it the intake of outcomes, on servers that others write to. It waits for
// those that are away.
//
// Outcomes wait in a spool of its own until Kafka has them, so that whoever sent one does not wait for Kafka. Without Kafka they lie
// in the spool of the data directory, as calls do, until an `assay sink` on the same directory takes them.
//
// Where there is nobody yet, it makes the first owner. Their way in is no line of a log, which many can read: an operator makes it,
// with `assay login-link`.

import { once } from "node:events";
import { join } from "node:path";
import type { Logger } from "pino";
import { toDashboardUrl } from "./dashboard/server/http/addresses.ts";
import { startDashboard } from "./dashboard/server/listen.ts";
import { startNoticeDelivery } from "./dashboard/server/notices/deliver.ts";
import { createOwner } from "./dashboard/server/people/people.ts";
import { startShipper } from "./ingest/commands/shipper.ts";
import { startIntake, type RunningIntake, type StartIntakeOptions } from "./ingest/outcomes/start-intake.ts";
import { watchSpool } from "./ingest/spool/health.ts";
import { defineCommand, EXIT, type CommandIo, type ProcessCommand } from "./schemas/command.ts";
import type { Config } from "./schemas/config.ts";
import { createLog } from "./schemas/log.ts";
import { applySettings } from "./schemas/postgres/setting-versions.ts";
import { writePorts } from "./schemas/ports.ts";
import { tellParent } from "./schemas/process-messages.ts";
import { openSingleProcess } from "./schemas/single-process.ts";
import { awaitStores, requireServers } from "./schemas/stores.ts";

export const dashboardCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "dashboard",
  summary: "Run the dashboard alone",
  usage: "",
  options: {},
  async run(_args, io, config) {
    requireServers("dashboard", config);
    await runDashboard(createLog("dashboard", io.stderr), config, io);
    return EXIT.done;
  },
});

async function runDashboard(log: Logger, given: Config, { now, signal }: CommandIo): Promise<void> {
  await using open = new AsyncDisposableStack();
  const single = await openSingleProcess("dashboard", given, signal);
  open.defer(() => single.close());
  const { vitals, port } = single;
  const opened = await awaitStores(log, { config: given, vitals, signal });
  if (!opened) return;
  open.defer(() => opened.close());
  const { stores } = opened;
  const config = await applySettings(stores.postgres, given);
  const owner = await createOwner(stores.postgres, now());
  if (owner) log.info(`The first owner is ${owner.email}. Sign in: npx assay login-link ${owner.email}`);
  const outcomes = openOutcomes(log, { config, vitals, postgres: stores.postgres, now });
  open.defer(() => outcomes.close());
  const dashboard = await startDashboard({
    stores,
    config,
    now,
    log,
    intake: outcomes.intake,
    recordOutcome: outcomes.record,
  });
  open.defer(() => dashboard.close());
  const dashboardUrl = toDashboardUrl({ ...config, dashboardPort: dashboard.port });
  const notices = startNoticeDelivery({ postgres: stores.postgres, config, dashboardUrl, now, log });
  vitals.watch("notices", notices.check);
  open.defer(() => notices.stop());
  writePorts(config.dataDir, { dashboard: dashboard.port });
  tellParent({ type: "ready", ports: { dashboard: dashboard.port, metrics: port } });
  log.info({ port: dashboard.port, metricsPort: port }, "the dashboard is listening");
  await Promise.race([signal.aborted || once(signal, "abort"), outcomes.failed]);
}

interface Outcomes {
  intake: RunningIntake["app"];
  record: RunningIntake["record"];
  /** Rejects when outcomes can't be taken on. */
  failed: Promise<never>;
  close(): Promise<void>;
}

function openOutcomes(log: Logger, options: StartIntakeOptions): Outcomes {
  const { config, vitals } = options;
  if (!config.kafka) {
    const intake = startIntake(log, options);
    return {
      intake: intake.app,
      record: intake.record,
      failed: new Promise(() => undefined),
      close: () => intake.close(),
    };
  }
  const spoolDir = join(config.dataDir, "intake-spool");
  const shipper = startShipper({ log, config, metrics: vitals.metrics, spoolDir });
  vitals.watch("Kafka", () => shipper.health());
  watchSpool(vitals, { spoolDir, now: Date.now });
  const intake = startIntake(log, { ...options, spoolDir });
  return {
    intake: intake.app,
    record: intake.record,
    failed: shipper.failed,
    async close() {
      await intake.close();
      await shipper.close();
    },
  };
}

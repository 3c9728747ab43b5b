// The service process: owns the stores, and runs what works on them: sink, analytics, dashboard and outcome intake, and the commands that
// other terminals hand over. Gateways live without it; what they record meanwhile waits in the spool.

import { once } from "node:events";
import type { Logger } from "pino";
import { createTemplateReader } from "./analytics/allowed-templates.ts";
import { createDeclaredClasses } from "./analytics/declared-classes.ts";
import { createPatternKeeper } from "./analytics/patterns/keeper.ts";
import { startAnalysis } from "./analytics/watch.ts";
import { listenForCommands, type RunInvocation } from "./control.ts";
import { startIdentitySnapshot } from "./dashboard/server/people/identity-snapshot.ts";
import { toDashboardUrl } from "./dashboard/server/http/addresses.ts";
import { startDashboard } from "./dashboard/server/listen.ts";
import { startNoticeDelivery } from "./dashboard/server/notices/deliver.ts";
import { createFirstSteps } from "./first-steps.ts";
import { openTextSketcher } from "./ingest/gateway/features/template-sketch.ts";
import { startIntake } from "./ingest/outcomes/start-intake.ts";
import { startSink } from "./ingest/sink/start-sink.ts";
import { defineCommand, EXIT, type ProcessCommand, type StoreCommand } from "./schemas/command.ts";
import type { Config } from "./schemas/config.ts";
import { createLog } from "./schemas/log.ts";
import { answerParent, tellParent } from "./schemas/process-messages.ts";
import { awaitStores, migrateStores } from "./schemas/stores.ts";
import { applySettings } from "./schemas/postgres/setting-versions.ts";
import { createVitals } from "./schemas/vitals.ts";

const clock = (): Date => new Date();

/** Made with the function that runs the commands which other terminals hand over. */
export function serviceCommand(runInvocation: RunInvocation): ProcessCommand {
  return defineCommand<ProcessCommand>({
    kind: "process",
    name: "service",
    summary: "Run sink, analytics and dashboard; a part of start",
    usage: "",
    options: {},
    async run(_args, io, config) {
      await runService(createLog("service", io.stderr), config, runInvocation, io.signal);
      return EXIT.done;
    },
  });
}

export const migrateCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "migrate",
  summary: "Bring both stores up to date; done by the others on start, too",
  usage: "",
  options: {},
  async run({ values }, io, stores) {
    const applied = await migrateStores(stores);
    if (values["json"] === true) io.stdout.write(`${JSON.stringify(applied)}\n`);
    else
      io.stderr.write(
        applied.length === 0 ? "Both stores are up to date.\n" : `Applied ${applied.join(", ")}.\n`,
      );
    return EXIT.done;
  },
});

/** Everything is closed in the order opposite to that in which it was opened, also when opening the next thing fails. */
async function runService(
  log: Logger,
  given: Config,
  runInvocation: RunInvocation,
  signal: AbortSignal,
): Promise<void> {
  await using open = new AsyncDisposableStack();
  const vitals = createVitals("service");
  answerParent(vitals);
  const opened = await awaitStores(log, { config: given, vitals, signal });
  if (!opened) return;
  const { stores } = opened;
  open.defer(() => opened.close());
  const { postgres } = stores;
  const config = await applySettings(postgres, given);
  const intake = startIntake(log, { config, postgres, vitals, now: clock });
  open.defer(() => intake.close());
  const dashboard = await startDashboard({
    stores,
    config,
    now: clock,
    log,
    intake: intake.app,
    recordOutcome: intake.record,
  });
  open.defer(() => dashboard.close());
  const dashboardUrl = toDashboardUrl({ ...config, dashboardPort: dashboard.port });
  const firstSteps = await createFirstSteps(stores.postgres, { dashboardUrl, now: clock() });
  // After the first key, so that gateways know it from the beginning.
  const snapshot = await startIdentitySnapshot({
    postgres: stores.postgres,
    dataDir: config.dataDir,
    now: clock,
    log,
  });
  open.defer(() => snapshot.stop());
  const sink = startSink(log, { config, store: stores.clickhouse, vitals, now: clock });
  open.defer(() => sink.close());
  const { clickhouse: store } = stores;
  const declared = createDeclaredClasses({ store, postgres, config, clock, log });
  vitals.watch("declared classes", declared.check);
  const patterns = createPatternKeeper({ clickhouse: store, postgres, config, clock, log });
  vitals.watch("patterns", patterns.check);
  const templates = createTemplateReader({ postgres, openSketcher: () => openTextSketcher(config), log });
  vitals.watch("templates", templates.check);
  const { metrics } = vitals;
  const analysis = startAnalysis({ store, config, clock, log, metrics, declared, patterns, templates });
  open.defer(() => analysis.stop());
  const notices = startNoticeDelivery({ postgres, config, dashboardUrl, now: clock, log });
  vitals.watch("notices", notices.check);
  open.defer(() => notices.stop());
  const control = await listenForCommands(config.dataDir, stores, runInvocation);
  open.defer(() => control.close());
  tellParent({ type: "ready", ports: { dashboard: dashboard.port }, ...(firstSteps && { firstSteps }) });
  // A sink that can't go on is a process that can't go on: it ends, and is started again.
  await Promise.race([signal.aborted || once(signal, "abort"), sink.failed]);
}

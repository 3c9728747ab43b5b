// `assay analyze`: one pass and a summary of it, or with --watch passes until it is told to stop.

import { once } from "node:events";
import {
  defineCommand,
  EXIT,
  type CommandArguments,
  type CommandIo,
  type ExitCode,
  type StoreCommand,
} from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { createLog } from "../../schemas/log.ts";
import { tellParent } from "../../schemas/process-messages.ts";
import { openSingleProcess } from "../../schemas/single-process.ts";
import { awaitStores, requireServers } from "../../schemas/stores.ts";
import { createDeclaredClasses, type DeclaredClassesOptions } from "../declared-classes.ts";
import { runAnalysis, type AnalysisOptions, type Summary } from "../job.ts";
import { createPatternKeeper } from "../patterns/keeper.ts";
import { startAnalysis } from "../watch.ts";

export const analyzeCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "analyze",
  summary: "Bring runs, days and weeks up to date with the calls that were recorded",
  usage: "[--watch] [--full] [--now TIME]",
  options: {
    watch: { type: "boolean", help: "keep going" },
    full: { type: "boolean", help: "compute everything again for which the records are kept" },
    now: { type: "string", help: "pretend that it is TIME, such as 2026-11-20T09:30:00Z" },
  },
  async run(args, io, stores, config) {
    const full = args.values["full"] === true;
    const now = parseTime(args.values["now"]);
    if (now === "faulty") return refuse(io, "--now takes a time such as 2026-11-20T09:30:00Z.");
    const { clickhouse: store, postgres } = stores;
    const [clock, log] = [io.now, toLines(io)];
    const declared = createDeclaredClasses({ store, postgres, config, clock, log });
    const patterns = createPatternKeeper({ clickhouse: store, postgres, config, clock, log });
    await declared.sync({ full, now });
    const scoredFrom = await patterns.readScoredFrom();
    const summary = await runAnalysis({ store, config, scoredFrom, clock, log: SILENT, full, now });
    await patterns.keep(now);
    tell(summary, io, args.values["json"] === true);
    return EXIT.done;
  },
  process: { isAskedFor: ({ values }) => values["watch"] === true, run: keepAnalyzing },
});

/**
 * `--watch`. Several at once give the same answers as one, and only do the work twice (job.ts, top): a second one on another
 * machine is a spare.
 */
async function keepAnalyzing({ values }: CommandArguments, io: CommandIo, config: Config): Promise<ExitCode> {
  if (values["now"] !== undefined) return refuse(io, "--watch and --now exclude each other: time goes on.");
  requireServers("analyze --watch", config);
  const { signal, now: clock } = io;
  const log = createLog("analyze", io.stderr);
  await using open = new AsyncDisposableStack();
  const single = await openSingleProcess("analyze", config, signal);
  open.defer(() => single.close());
  const { vitals, port } = single;
  const opened = await awaitStores(log, { config, vitals, signal });
  if (!opened) return EXIT.done;
  open.defer(() => opened.close());
  const { clickhouse: store, postgres } = opened.stores;
  const declared = createDeclaredClasses({ store, postgres, config, clock, log });
  vitals.watch("declared classes", declared.check);
  const patterns = createPatternKeeper({ clickhouse: store, postgres, config, clock, log });
  vitals.watch("patterns", patterns.check);
  const full = values["full"] === true;
  const { metrics } = vitals;
  const watch = startAnalysis({ store, config, clock, log, metrics, declared, patterns, full });
  open.defer(() => watch.stop());
  tellParent({ type: "ready", ports: { metrics: port } });
  if (!signal.aborted) await once(signal, "abort");
  return EXIT.done;
}

/** One pass says what it did in its summary, once. */
const SILENT: AnalysisOptions["log"] = { info() {} };

/** A pass goes on without the newest declarations, and patterns wait for the next; whoever started it is told. */
function toLines({ stderr }: CommandIo): DeclaredClassesOptions["log"] {
  return {
    error: (_fields, message) => void stderr.write(`Note: ${message}; what was there before holds.\n`),
  };
}

/** A sentence for the reader; with --json the whole summary for a program. */
function tell(summary: Summary, { stdout, stderr }: CommandIo, isJson: boolean): void {
  const { mode, people, calls, runs, usage_days, person_weeks, duration_ms } = summary;
  const how = mode === "full" ? "everything again" : "what had changed";
  stderr.write(
    `Computed ${how} in ${duration_ms} ms: ${calls} calls of ${people} people in ${runs} runs, ` +
      `${usage_days} rows of days and ${person_weeks} of weeks.\n`,
  );
  if (isJson) stdout.write(`${JSON.stringify(summary)}\n`);
}

function parseTime(text: string | boolean | undefined): Date | "faulty" | undefined {
  if (typeof text !== "string") return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? "faulty" : time;
}

function refuse({ stderr }: CommandIo, sentence: string): ExitCode {
  stderr.write(`${sentence}\n`);
  return EXIT.usage;
}

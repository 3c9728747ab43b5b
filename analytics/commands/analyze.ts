// `assay analyze`: one pass and a summary of it, or with --watch passes until it is told to stop.

import { once } from "node:events";
import {
  defineCommand,
  EXIT,
  refuseUsage,
  type CommandArguments,
  type CommandIo,
  type ExitCode,
  type StoreCommand,
  type Stores,
} from "../../schemas/command.ts";
import type { SketchText } from "../../schemas/call-features.ts";
import type { Config } from "../../schemas/config.ts";
import { createLog } from "../../schemas/log.ts";
import { tellParent } from "../../schemas/process-messages.ts";
import { openSingleProcess } from "../../schemas/single-process.ts";
import { awaitStores, requireServers } from "../../schemas/stores.ts";
import { createTemplateReader } from "../allowed-templates.ts";
import { createDeclaredClasses, type DeclaredClassesOptions } from "../declared-classes.ts";
import { runAnalysis, type AnalysisOptions, type Summary } from "../job.ts";
import { createPatternKeeper } from "../patterns/keeper.ts";
import { startAnalysis } from "../watch.ts";

/** How texts become comparable with prompts is the gateway's; undefined where its secret is not known. */
export type OpenSketcher = (config: Config) => SketchText | undefined;

export function analyzeCommand(openSketcher: OpenSketcher): StoreCommand {
  return defineCommand<StoreCommand>({
    kind: "store",
    name: "analyze",
    summary: "Bring runs, days and weeks up to date with the calls that were recorded",
    usage: "[--watch] [--full] [--now TIME]",
    options: {
      watch: { type: "boolean", help: "keep going" },
      full: { type: "boolean", help: "compute everything again for which the records are kept" },
      now: { type: "string", help: "pretend that it is TIME, such as 2026-11-20T09:30:00Z" },
    },
    run: (args, io, stores, config) =>
      analyzeOnce(args, io, { ...stores, config, openSketcher: () => openSketcher(config) }),
    process: {
      isAskedFor: ({ values }) => values["watch"] === true,
      run: (args, io, config) =>
        keepAnalyzing(args, io, { config, openSketcher: () => openSketcher(config) }),
    },
  });
}

interface Analyzed {
  config: Config;
  openSketcher: () => SketchText | undefined;
}

async function analyzeOnce(
  args: CommandArguments,
  io: CommandIo,
  { clickhouse: store, postgres, config, openSketcher }: Stores & Analyzed,
): Promise<ExitCode> {
  const full = args.values["full"] === true;
  const now = parseTime(args.values["now"]);
  if (now === "faulty") return refuseUsage(io, "--now takes a time such as 2026-11-20T09:30:00Z.");
  const [clock, log] = [io.now, toLines(io)];
  const declared = createDeclaredClasses({ store, postgres, config, clock, log });
  const patterns = createPatternKeeper({ clickhouse: store, postgres, config, clock, log });
  await declared.sync({ full, now });
  const { scoredFrom, method } = await patterns.readRules();
  const templates = scoredFrom && (await createTemplateReader({ postgres, openSketcher, log }).read());
  const pass = { store, config: { ...config, method }, scoredFrom, templates, clock, log: SILENT, full, now };
  const summary = await runAnalysis(pass);
  await patterns.keep(now);
  tell(summary, io, args.values["json"] === true);
  return EXIT.done;
}

/**
 * `--watch`. Several at once give the same answers as one, and only do the work twice (job.ts, top): a second one on another
 * machine is a spare.
 */
async function keepAnalyzing(
  { values }: CommandArguments,
  io: CommandIo,
  { config, openSketcher }: Analyzed,
): Promise<ExitCode> {
  if (values["now"] !== undefined)
    return refuseUsage(io, "--watch and --now exclude each other: time goes on.");
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
  const templates = createTemplateReader({ postgres, openSketcher, log });
  vitals.watch("templates", templates.check);
  const full = values["full"] === true;
  const { metrics } = vitals;
  const watch = startAnalysis({ store, config, clock, log, metrics, declared, patterns, templates, full });
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

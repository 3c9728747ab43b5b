// `assay analyze`: one pass and a summary of it, or with --watch passes until it is told to stop.

import { once } from "node:events";
import {
  defineCommand,
  EXIT,
  type CommandIo,
  type ExitCode,
  type StoreCommand,
} from "../../schemas/command.ts";
import { createLog } from "../../schemas/log.ts";
import { runAnalysis, type AnalysisOptions, type Summary } from "../job.ts";
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
    const log = createLog("analyze", io.stderr);
    const job: AnalysisOptions = { store: stores.clickhouse, config, clock: io.now, log, full, now };
    if (args.values["watch"] !== true) {
      const summary = await runAnalysis({ ...job, log: SILENT });
      tell(summary, io, args.values["json"] === true);
      return EXIT.done;
    }
    if (now !== undefined) return refuse(io, "--watch and --now exclude each other: time goes on.");
    const watch = startAnalysis({ ...job, log });
    if (!io.signal.aborted) await once(io.signal, "abort");
    await watch.stop();
    return EXIT.done;
  },
});

/** One pass says what it did in its summary, once. */
const SILENT: AnalysisOptions["log"] = { info() {} };

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

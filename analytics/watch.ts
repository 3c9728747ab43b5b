// Keeps analytics going in the service process: looks every few seconds whether records or declared classes came in, and runs a
// pass when they did. A pass that fails is logged and tried again, later each time, because the store may be away for a while; nothing is
// lost by waiting, since a pass finds all that came in since the last one that ended.

import { setTimeout } from "node:timers/promises";
import type { Metrics } from "../schemas/metrics.ts";
import type { DeclaredClasses } from "./declared-classes.ts";
import { readProgress, runAnalysis, toSince, type AnalysisOptions } from "./job.ts";
import type { TemplateReader } from "./allowed-templates.ts";
import type { PatternKeeper } from "./patterns/keeper.ts";
import { countArrivals } from "./queries/state.ts";

/** Between two looks. */
const INTERVAL_MS = 5000;
/** A pass rests four times as long as it took, so that analytics takes a fifth of the store's time at most. */
const REST_PER_PASS = 4;
/** Without any record a pass is still run so often: the dashboard says how old its figures are. */
const IDLE_INTERVAL_MS = 60_000;
const BACKOFF_MS_MAX = 60_000;

export interface WatchOptions extends Omit<
  AnalysisOptions,
  "full" | "now" | "log" | "scoredFrom" | "templates"
> {
  log: AnalysisOptions["log"] & { error(fields: object, message: string): void };
  metrics: Metrics;
  /** Is brought up to date before each pass. */
  declared: Pick<DeclaredClasses, "sync">;
  /** Says by what rules each pass goes, and is brought up to date after it. */
  patterns: Pick<PatternKeeper, "readRules" | "keep">;
  /** Are read before each pass that scores people. */
  templates: Pick<TemplateReader, "read">;
  /** Whether the first pass rebuilds everything. */
  full?: boolean;
  intervalMs?: number;
}

export interface Watch {
  /** Resolves when the pass that is running has ended; no other begins. */
  stop(): Promise<void>;
}

/** Starts to watch. Never rejects: a pass that fails is logged and tried again. */
export function startAnalysis(options: WatchOptions): Watch {
  const stopping = new AbortController();
  const ended = watch(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function watch(
  { intervalMs = INTERVAL_MS, full = false, metrics, declared, patterns, templates, ...job }: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  const tellProgress = (): void => metrics.analysisEndedAt.set(job.clock().getTime() / 1000);
  tellProgress();
  let isRebuildDue = full;
  while (!signal.aborted) {
    const beganMs = performance.now();
    try {
      const hasDeclarations = (await declared.sync({ full: isRebuildDue })) > 0;
      if (isRebuildDue || hasDeclarations || (await isDue(job))) {
        const { scoredFrom, method } = await patterns.readRules();
        const allowed = scoredFrom && (await templates.read());
        const config = { ...job.config, method };
        const pass = { config, scoredFrom, templates: allowed, full: isRebuildDue };
        const { duration_ms } = await runAnalysis({ ...job, ...pass });
        await patterns.keep();
        metrics.analysisSeconds.observe(duration_ms / 1000);
        tellProgress();
      }
      isRebuildDue = false;
      failures = 0;
    } catch (error) {
      failures += 1;
      job.log.error({ err: error, failures }, "analysis pass failed");
    }
    const tookMs = performance.now() - beganMs;
    const restMs = Math.max(intervalMs, tookMs * REST_PER_PASS);
    await rest(failures > 0 ? Math.min(BACKOFF_MS_MAX, intervalMs * 2 ** failures) : restMs, signal);
  }
}

async function isDue({ store, clock }: Pick<AnalysisOptions, "store" | "clock">): Promise<boolean> {
  const { watermark } = await readProgress(store);
  if (watermark === undefined) return true;
  if (clock().getTime() - watermark.getTime() >= IDLE_INTERVAL_MS) return true;
  const [arrived] = await store.query(countArrivals, { since: toSince(watermark) });
  return arrived !== undefined && arrived.records > 0;
}

async function rest(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(durationMs, undefined, { signal });
  } catch (error) {
    // Being told to stop ends the rest, and is all that can end it early.
    if (!signal.aborted) throw error;
  }
}

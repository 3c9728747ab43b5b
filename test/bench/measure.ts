// The measurements. Every round loads all targets in turn, and ratios and differences are taken within a round: what else the
// machine does at the time then weighs on all of them alike.

import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "simple-statistics";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import { cpuSeconds, residentMb, treeOf } from "./process-figures.ts";
import type { Profile } from "./profiles.ts";
import { CORE, whileAlive, type Programs } from "./program.ts";
import { spreadOf, type Spread } from "./spread.ts";
import type { Target } from "./targets.ts";

/** What a proxy still does after the last answer, the spool's sync above all, belongs to the calls. */
const TRAIL_MS = 60;
/** The compilers need some twenty thousand calls before they have seen all; those are not counted. */
const WARM_UP_FACTOR = 5;
const SLOW_DIVISOR = 20;
/** Memory has settled when a full collection gives back less than this. */
const SETTLED_MB = 0.5;
const SETTLE_TRIES_MAX = 12;
const SETTLE_PAUSE_MS = 250;

export interface Load {
  /** @throws Error when a call did not get its whole answer */
  run(order: LoadOrder): Promise<LoadResult>;
}

export async function startLoad(programs: Programs): Promise<Load> {
  const { child } = programs.start(join(import.meta.dirname, "load.ts"), { core: CORE.load });
  child.stderr?.pipe(process.stderr);
  const nextMessage = (signal: AbortSignal): Promise<LoadResult[]> => once(child, "message", { signal });
  await whileAlive(child, nextMessage);
  return {
    async run(order) {
      child.send(order);
      const [result] = await whileAlive(child, nextMessage);
      if (!result || result.failures > 0)
        throw new Error(`${result?.failures} of ${order.calls} calls to port ${order.port} failed.`);
      return result;
    },
  };
}

export interface TargetFigures {
  name: string;
  /** At saturation: processor time of the target's process, user and system, in microseconds a call. */
  cpuUs: Spread;
  /** The same as a multiple of the bare proxy's, round by round. */
  cpuToBare: Spread;
  callsPerSecond: Spread;
  /** At a fixed rate, milliseconds more than the upstream alone took, round by round. */
  addedP50Ms: Spread;
  addedP90Ms: Spread;
}

export interface ProfileFigures {
  name: string;
  title: string;
  targets: TargetFigures[];
}

interface ProfileRun {
  /** The first is the upstream alone, the second the bare proxy. */
  targets: readonly Target[];
  profile: Profile;
  rounds: number;
  rateSeconds: number;
  /** Between two rounds, when nobody is loaded. */
  afterRound: () => void;
}

interface Sample {
  cpuUs: number;
  callsPerSecond: number;
  p50Ms: number;
  p90Ms: number;
}

export async function measureProfile(load: Load, run: ProfileRun): Promise<ProfileFigures> {
  const { targets, profile, rounds, afterRound } = run;
  const samples: Sample[][] = targets.map(() => []);
  for (const target of targets) await saturate(load, target, profile, WARM_UP_FACTOR);
  afterRound();
  for (let round = 1; round <= rounds; round++) {
    const cpu: Pick<Sample, "cpuUs" | "callsPerSecond">[] = [];
    for (const target of targets) cpu.push(await saturate(load, target, profile));
    for (const [at, target] of targets.entries()) {
      const latency = target.isSlow
        ? { p50Ms: Number.NaN, p90Ms: Number.NaN }
        : await keepRate(load, target, profile, run.rateSeconds);
      const figures = cpu[at];
      if (figures) samples[at]?.push({ ...figures, ...latency });
    }
    afterRound();
    const costs = targets.map(({ name }, at) => `${name} ${cpu[at]?.cpuUs.toFixed(0)}`).join("  ");
    process.stderr.write(`  round ${round}  µs a call: ${costs}\n`);
  }
  const [direct = [], bare = []] = samples;
  return {
    name: profile.name,
    title: profile.title,
    targets: targets.map(({ name }, at) => toFigures(name, samples[at] ?? [], direct, bare)),
  };
}

function toFigures(
  name: string,
  samples: readonly Sample[],
  direct: readonly Sample[],
  bare: readonly Sample[],
): TargetFigures {
  const over = (others: readonly Sample[], compare: (own: Sample, other: Sample) => number): Spread =>
    spreadOf(samples.flatMap((own, at) => (others[at] ? [compare(own, others[at])] : [])));
  return {
    name,
    cpuUs: spreadOf(samples.map(({ cpuUs }) => cpuUs)),
    cpuToBare: over(bare, (own, other) => own.cpuUs / other.cpuUs),
    callsPerSecond: spreadOf(samples.map(({ callsPerSecond }) => callsPerSecond)),
    addedP50Ms: over(direct, (own, other) => own.p50Ms - other.p50Ms),
    addedP90Ms: over(direct, (own, other) => own.p90Ms - other.p90Ms),
  };
}

async function saturate(
  load: Load,
  target: Target,
  profile: Profile,
  factor = 1,
): Promise<Pick<Sample, "cpuUs" | "callsPerSecond">> {
  const { connections } = profile;
  const { pid } = target.program;
  const calls = target.isSlow ? Math.max(connections, profile.calls / SLOW_DIVISOR) : profile.calls * factor;
  const before = cpuSeconds(pid);
  const { seconds } = await load.run({
    mode: "saturation",
    connections,
    calls,
    ...addressOf(target, profile),
  });
  await sleep(TRAIL_MS);
  return { cpuUs: ((cpuSeconds(pid) - before) * 1e6) / calls, callsPerSecond: calls / seconds };
}

/** Latencies from the intended begin: to the end of an answer, or to the first byte of a stream. */
async function keepRate(
  load: Load,
  target: Target,
  profile: Profile,
  seconds: number,
): Promise<Pick<Sample, "p50Ms" | "p90Ms">> {
  const { callsPerSecond, answer } = profile;
  const calls = callsPerSecond * seconds;
  const order = { callsPerSecond, calls, ...addressOf(target, profile) };
  const { latencies } = await load.run({ mode: "rate", ...order });
  const milliseconds = latencies.map(({ firstByteMs, endMs }) =>
    answer.kind === "json" ? endMs : firstByteMs,
  );
  return { p50Ms: quantile(milliseconds, 0.5), p90Ms: quantile(milliseconds, 0.9) };
}

/** Megabytes in use after full collections; the process has `collect-on-signal.ts` loaded. */
export async function settledMb({ program }: Target): Promise<number> {
  let before = Number.POSITIVE_INFINITY;
  for (let tried = 0; tried < SETTLE_TRIES_MAX; tried++) {
    for (const pid of treeOf(program.pid)) process.kill(pid, "SIGUSR2");
    await sleep(SETTLE_PAUSE_MS);
    const now = residentMb(program.pid);
    if (Math.abs(before - now) < SETTLED_MB) return now;
    before = now;
  }
  return before;
}

function addressOf(
  { port, headers }: Target,
  profile: Profile,
): Pick<LoadOrder, "port" | "profile" | "headers"> {
  return { port, profile: profile.name, headers };
}

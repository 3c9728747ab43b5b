// `npm run bench`: what the gateway costs, beside the upstream itself and the barest proxy that Node can be, in one run.
// `README.md` says how it is measured and how to read it. It reports and is no gate: it fails only when something broke.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startAssay, type AssayTarget, type SpoolCount } from "./assay.ts";
import { measureProfile, settledMb, startLoad, type Load, type ProfileFigures } from "./measure.ts";
import { startPeers } from "./peers.ts";
import { PROFILES } from "./profiles.ts";
import { Programs } from "./program.ts";
import { describeMachine, formatReport, type MemoryFigures, type Report } from "./report.ts";
import { startBare, startUpstream, type Target } from "./targets.ts";

const QUICK = { rounds: 5, rateSeconds: 1 } as const;
const FULL = { rounds: 5, rateSeconds: 2 } as const;
const MEMORY_PROFILE = "json";
const MEMORY_CALLS = 20_000;
const MEMORY_CONNECTIONS = 16;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    against: { type: "string" },
    "cpu-profile": { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const depth = options.quick ? QUICK : FULL;
const profiles = PROFILES.filter((profile) => !options.quick || !profile.isFullOnly);

const workDir = mkdtempSync(join(tmpdir(), "assay-bench-"));
const programs = new Programs();
process.once("SIGINT", () => void programs.stop()).once("SIGTERM", () => void programs.stop());
try {
  const report = await run();
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : formatReport(report));
} catch (error) {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
} finally {
  await programs.stop();
  rmSync(workDir, { recursive: true, force: true });
}

async function run(): Promise<Report> {
  tell("starting the upstream and the proxies");
  const load = await startLoad(programs);
  const direct = await startUpstream(programs);
  const bare = await startBare(programs, direct.port);
  const gateways = await startGateways(direct.port);
  const peers = options.quick
    ? { targets: [], absent: [] }
    : await startPeers(programs, { workDir, upstreamPort: direct.port, withSlowOnes: options.peers });
  const targets = [direct, bare, ...gateways, ...peers.targets];

  const counter = createCallCounter(load);
  const figures: ProfileFigures[] = [];
  for (const profile of profiles) {
    tell(`${profile.name}: ${profile.title}`);
    figures.push(
      await measureProfile(counter.load, {
        targets,
        profile,
        ...depth,
        afterRound: () => countSpools(gateways),
      }),
    );
  }
  const memory = await measureMemory(counter.load, [bare, ...gateways]);
  return {
    machine: describeMachine(),
    rounds: depth.rounds,
    profiles: figures,
    memory,
    spool: gateways.map((gateway) => checkSpool(gateway, counter.callsTo(gateway))),
    absent: peers.absent,
  };
}

/** This checkout's gateway, and another's to compare it with where one is given. */
async function startGateways(upstreamPort: number): Promise<AssayTarget[]> {
  const roots: [name: string, root: string][] = [["assay", resolve(import.meta.dirname, "../..")]];
  if (options.against !== undefined) roots.push(["other", resolve(options.against)]);
  const profileDir = options["cpu-profile"];
  const gateways: AssayTarget[] = [];
  for (const [name, root] of roots) {
    const dataDir = join(workDir, name);
    gateways.push(await startAssay(programs, { name, root, dataDir, upstreamPort, profileDir }));
  }
  return gateways;
}

function countSpools(gateways: readonly AssayTarget[]): void {
  for (const gateway of gateways) gateway.countSpool();
}

/** How many calls each target has got by now, whatever for. */
function createCallCounter(load: Load): { load: Load; callsTo(target: Target): number } {
  const calls = new Map<number, number>();
  return {
    load: {
      async run(order) {
        const result = await load.run(order);
        calls.set(order.port, (calls.get(order.port) ?? 0) + order.calls);
        return result;
      },
    },
    callsTo: ({ port }) => calls.get(port) ?? 0,
  };
}

async function measureMemory(load: Load, targets: readonly Target[]): Promise<MemoryFigures[]> {
  const figures: MemoryFigures[] = [];
  for (const target of targets) {
    tell(`memory of ${target.name} over ${MEMORY_CALLS} calls`);
    const beforeMb = await settledMb(target);
    const { port, headers } = target;
    const order = {
      port,
      headers,
      profile: MEMORY_PROFILE,
      calls: MEMORY_CALLS,
      connections: MEMORY_CONNECTIONS,
    };
    await load.run({ mode: "saturation", ...order });
    figures.push({ name: target.name, calls: MEMORY_CALLS, beforeMb, afterMb: await settledMb(target) });
  }
  return figures;
}

/** @throws Error when the spool does not hold each call exactly once, complete and with its usage */
function checkSpool(gateway: AssayTarget, sent: number): SpoolCount & { name: string; sent: number } {
  const count = gateway.countSpool();
  const { records, calls, metered, deadLetters } = count;
  if (records !== sent || calls !== sent || metered !== sent || deadLetters > 0) {
    throw new Error(`${gateway.name}: ${sent} calls were sent, but the spool held ${JSON.stringify(count)}.`);
  }
  return { name: gateway.name, sent, ...count };
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

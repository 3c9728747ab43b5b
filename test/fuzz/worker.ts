// The thread that fuzzes. The one that started it watches the iteration's number, and sees by it when an input hangs.

import { parentPort, workerData } from "node:worker_threads";
import { inspect } from "node:util";
import { z } from "zod";
import { iterate } from "./iterate.ts";
import { TARGETS } from "./targets.ts";

const { seed, endsAtMs, progress } = z
  .object({ seed: z.string(), endsAtMs: z.number(), progress: z.instanceof(Int32Array) })
  .parse(workerData);

const finding = await iterate({
  targets: TARGETS,
  seed,
  onIteration: (iteration) => Atomics.store(progress, 0, iteration),
  isOver: () => Date.now() >= endsAtMs,
});
parentPort?.postMessage(finding ? inspect(finding.error) : undefined);

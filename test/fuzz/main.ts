// `npm run fuzz -- --minutes N --seed N`: feeds damaged streams, documents, requests and encodings to what reads them, and
// stops at the first input that breaks a promise, crashes or hangs. A finding goes to test/output/ and exits with 1.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { inputOf } from "./iterate.ts";
import { TARGETS } from "./targets.ts";

const OUTPUT = join(import.meta.dirname, "..", "output");
const WATCH_MS = 1000;
/** No input is so long that one iteration takes more, on a busy machine too. */
const ITERATION_MS_MAX = 15_000;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: String(Date.now()) },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes ${values.minutes}: expected a number above 0.`);
  process.exit(2);
}
console.log(`seed ${values.seed}, ${minutes} minutes, targets ${TARGETS.map(({ name }) => name).join(", ")}`);
process.exitCode = await fuzz(values.seed, minutes * 60_000);

async function fuzz(seed: string, durationMs: number): Promise<number> {
  const startedAtMs = Date.now();
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const error = await runWorker({ seed, endsAtMs: startedAtMs + durationMs, progress });
  const iteration = Atomics.load(progress, 0);
  const perSecond = Math.round((1000 * iteration) / (Date.now() - startedAtMs));
  console.log(`${iteration} iterations, ${perSecond} a second (seed ${seed})`);
  if (error === undefined) return 0;
  writeFinding(seed, iteration, error);
  return 1;
}

/** What went wrong, or undefined where nothing did. */
function runWorker(data: {
  seed: string;
  endsAtMs: number;
  progress: Int32Array;
}): Promise<string | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: data });
    let seen = { iteration: -1, atMs: Date.now() };
    const watch = setInterval(() => {
      const iteration = Atomics.load(data.progress, 0);
      if (iteration !== seen.iteration) seen = { iteration, atMs: Date.now() };
      else if (Date.now() - seen.atMs > ITERATION_MS_MAX) finish(`no end after ${ITERATION_MS_MAX} ms`);
    }, WATCH_MS);
    const finish = (error: string | undefined): void => {
      clearInterval(watch);
      void worker.terminate();
      resolve(error);
    };
    worker.once("message", finish);
    worker.once("error", (error) => finish(String(error instanceof Error ? error.stack : error)));
  });
}

function writeFinding(seed: string, iteration: number, error: string): void {
  const { target, input } = inputOf(TARGETS, seed, iteration);
  const file = join(OUTPUT, `fuzz-${target.name}-${seed}-${iteration}`);
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(`${file}.bin`, input);
  writeFileSync(`${file}.txt`, `seed ${seed}, iteration ${iteration}, target ${target.name}\n${error}\n`);
  console.error(`${target.name} fails; its input is ${file}.bin, and what happened is beside it.\n${error}`);
}

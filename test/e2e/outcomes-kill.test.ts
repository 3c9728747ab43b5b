// `kill -9` the moment after outcomes were answered: what was answered is in the store, once.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { join } from "node:path";
import { spoolFacts } from "../../ingest/spool/facts.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { TestAssay, type RunningAssay } from "../services/assay.ts";
import { readOutcomeCounts } from "../services/outcomes.ts";
import { descendantsOf } from "../services/process-tree.ts";

const REPORTS = 40;
const PATIENCE_MS = 240_000;
const WAIT = { timeout: 90_000, interval: 100 };
/** After how many answered reports who is killed. `start` takes all others with it, and is started again by hand. */
const KILLS: ReadonlyMap<number, RegExp> = new Map([
  [10, /main\.ts service$/],
  [25, /main\.ts start$/],
]);

let assay: TestAssay;
let running: RunningAssay;
beforeAll(async () => {
  assay = new TestAssay({});
  running = await assay.start();
}, PATIENCE_MS);
afterAll(() => assay.remove());

it(
  "every outcome that was answered is stored exactly once, whoever was killed the moment after",
  async () => {
    const key = running.firstSteps?.key ?? "";
    const answered = new Set<string>();

    /** Whether it was answered. What is not is told of again under another id, and nothing is promised of it. */
    async function report(id: string): Promise<boolean> {
      try {
        const { status } = await fetch(`${running.dashboardUrl}/api/v1/outcomes`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
          body: JSON.stringify({ outcomes: [{ kind: "answer_used", run_id: id }] }),
        });
        return status === 200;
      } catch {
        return false;
      }
    }

    async function kill(command: RegExp): Promise<void> {
      const root = running.process.pid ?? 0;
      const tree = [{ pid: root, command: "main.ts start" }, ...descendantsOf(root)];
      const victim = tree.find((one) => command.test(one.command));
      if (victim === undefined) throw new Error(`${command} is not running`);
      process.kill(victim.pid, "SIGKILL");
      if (victim.pid === root) running = await assay.start();
    }

    for (let tries = 0; answered.size < REPORTS; tries++) {
      const id = `run-${tries}`;
      await vi.waitFor(
        async () => expect((await fetch(`${running.dashboardUrl}/healthz`)).status).toBe(200),
        WAIT,
      );
      if (!(await report(id))) continue;
      answered.add(id);
      const due = KILLS.get(answered.size);
      if (due !== undefined) await kill(due);
    }
    const spoolDir = join(assay.dataDir, "spool");
    await vi.waitFor(async () => expect((await spoolFacts(spoolDir)).waitingBytes).toBe(0), WAIT);
    await running.stop();
    const store = await openClickHouse({ dataDir: assay.dataDir });
    const stored = await readOutcomeCounts(store);
    await store.close();
    expect([...answered].filter((id) => stored.get(id) !== 1)).toEqual([]);
  },
  PATIENCE_MS,
);

// `kill -9` of every process in turn, during 2,000 calls: what a client saw answered is in the store, once.

import { afterAll, beforeAll, expect, it } from "vitest";
import { TestAssay, type RunningAssay } from "../services/assay.ts";
import { descendantsOf } from "../services/process-tree.ts";
import { send } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const CALLS = 2000;
const PARALLEL = 12;
const PATIENCE_MS = 240_000;

/** After how many answered calls who is killed. `start` takes all others with it, and is started again by hand. */
const KILLS: readonly { after: number; who: string; command: RegExp }[] = [
  { after: 300, who: "gateway", command: /main\.ts gateway-worker / },
  { after: 700, who: "service", command: /main\.ts service$/ },
  { after: 1100, who: "Postgres", command: /postgres -D / },
  { after: 1500, who: "start", command: /main\.ts start$/ },
];

let replay: ReplayProvider;
let assay: TestAssay;
let running: RunningAssay;

beforeAll(async () => {
  replay = await startReplayProvider();
  assay = new TestAssay({ ASSAY_UPSTREAM_OPENAI_URL: replay.url, ASSAY_GATEWAY_WORKERS: "2" });
  running = await assay.start();
}, PATIENCE_MS);
afterAll(async () => {
  await running.stop();
  assay.remove();
  await replay.close();
}, PATIENCE_MS);

it(
  "every call that was answered is stored exactly once, whoever was killed meanwhile",
  async () => {
    const key = running.firstSteps?.key ?? "";
    const answered = new Set<string>();
    const killed: string[] = [];
    let restarted = Promise.resolve();

    async function killWhoIsDue(): Promise<void> {
      const due = KILLS[killed.length];
      if (!due || answered.size < due.after) return;
      killed.push(due.who);
      const root = running.process.pid ?? 0;
      const pid =
        due.who === "start"
          ? root
          : descendantsOf(root).find(({ command }) => due.command.test(command))?.pid;
      if (pid === undefined) throw new Error(`${due.who} is not running`);
      process.kill(pid, "SIGKILL");
      if (due.who === "start") restarted = startAgain();
    }

    /** At once: the others end by themselves when `start` is gone, and the new one waits for what they still hold. */
    async function startAgain(): Promise<void> {
      running = await assay.start();
    }

    /** One call after the other; a call that fails is not repeated, another one takes its place. */
    async function keepCalling(): Promise<void> {
      while (answered.size < CALLS) {
        await restarted;
        const body = JSON.stringify({
          model: "gpt-5",
          stream: answered.size % 2 === 0,
          stream_options: { include_usage: true },
          messages: [{ role: "user", content: `Call ${answered.size}` }],
        });
        try {
          const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
          const answer = await send(`${running.gatewayUrl}/v1/chat/completions`, { headers, body });
          if (answer.status === 200 && answer.isWhole)
            answered.add(String(answer.headers["x-assay-event-id"]));
        } catch {
          // The gateway was just gone: such a call was not answered, and nothing is promised of it.
        }
        await killWhoIsDue();
      }
    }

    await Promise.all(Array.from({ length: PARALLEL }, keepCalling));
    expect(killed).toEqual(KILLS.map(({ who }) => who));

    const stored = await untilStored(answered);
    expect(new Set(stored).size).toBe(stored.length);
    expect([...answered].filter((id) => !stored.includes(id))).toEqual([]);
    // What reached the provider was on record before, also where nobody heard the answer.
    expect(stored.length).toBeGreaterThanOrEqual(replay.requests.filter(({ isWhole }) => isWhole).length);
  },
  PATIENCE_MS,
);

async function untilStored(answered: ReadonlySet<string>): Promise<string[]> {
  for (;;) {
    const { stdout } = await assay.run("export", "events", "--reason", "kill test");
    const ids = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => String(JSON.parse(line).event_id));
    if (new Set(ids).isSupersetOf(answered)) return ids;
  }
}

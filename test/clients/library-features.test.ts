// Calls of programs that use the usual libraries are found by what they continue, in the form in which each library sends a
// conversation again.

import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openSpoolReader } from "../../ingest/spool/reader.ts";
import type { CallFeatures } from "../../schemas/call-features.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { LIBRARY_LOOPS, LOOP_TASK } from "./library-loops.ts";
import { startScriptedProvider, type ScriptedProvider } from "./scripted/scripted-provider.ts";

let provider: ScriptedProvider;
let gateway: TestGateway;
beforeAll(async () => {
  provider = await startScriptedProvider();
  gateway = await startTestGateway({ upstreamUrl: provider.url });
});
afterAll(async () => {
  await gateway.close();
  await provider.close();
});

/** Of all calls so far, in their order. */
function readFeatures(): CallFeatures[] {
  const spool = { spoolDir: join(gateway.dataDir, "spool"), metrics: gateway.vitals.metrics };
  const reader = openSpoolReader(pino({ level: "silent" }), spool);
  const { records } = reader.readBatch(1000);
  reader.close();
  return records.flatMap((record) => (record.record === "features" ? [record.features] : []));
}

test.each(LIBRARY_LOOPS)("$name: its second call continues its first", async (loop) => {
  const before = readFeatures().length;
  provider.play([LOOP_TASK], loop.name);
  await loop.run({ url: gateway.url, apiKey: "of-the-provider" });
  const [first, second] = await vi.waitFor(
    () => {
      const made = readFeatures().slice(before);
      expect(made).toHaveLength(2);
      return made;
    },
    { timeout: 20_000 },
  );
  expect(first).toMatchObject({
    delta_human_chars: LOOP_TASK.opening?.length,
    tool_names: ["count_samples"],
  });
  expect(second).toMatchObject({ delta_human_chars: 0, delta_hash: null });
  // Where only what is new is sent, nothing can be told of what it continues: the provider's own id tells that.
  const isWhole = loop.isNamingPrevious !== true;
  expect(second).toMatchObject({
    parent_prefix_hash: isWhole ? first?.prefix_hash : null,
    parent_answer_hash: isWhole ? first?.answer_hash : null,
  });
  expect(second?.prefix_hash === null).toBe(!isWhole);
});

// A gateway that is killed at any moment leaves each call that its clients may have seen answered, and each of them once.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSpoolReader, listWriters, type SpoolReader } from "../../ingest/spool/reader.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { createRandom } from "../simulation/random.ts";

const WRITER = join(import.meta.dirname, "../services/spool-writer-process.ts");
const RECORDS_MAX = 1000;
const TEST_MS_MAX = 30_000;
const BATCH_RECORDS_MAX = 200;
/** Another one each time; to repeat a failure, put the one that it names here. */
const SEED = String(Date.now());

let spoolDir: string;
beforeEach(() => {
  spoolDir = mkdtempSync(join(tmpdir(), "assay-spool-"));
});
afterEach(() => rmSync(spoolDir, { recursive: true }));

const openReader = (): SpoolReader =>
  openSpoolReader(pino({ level: "silent" }), { spoolDir, metrics: createMetrics("sink") });

function deliver(reader: SpoolReader, delivered: TokenEvent[]): void {
  const batch = reader.readBatch(BATCH_RECORDS_MAX);
  expect(batch.deadLetters).toEqual([]);
  batch.commit();
  for (const record of batch.records) if (record.record === "event") delivered.push(record.event);
}

interface Written {
  intent: Set<string>;
  event: Set<string>;
}

/** Runs a writer and kills it when it has told so many records. */
async function runWriter(seed: string, killAfter: number, onRecord: () => void): Promise<Written> {
  const written: Written = { intent: new Set(), event: new Set() };
  const writer = spawn(process.execPath, [WRITER, spoolDir, "gateway-1", seed], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(writer, "exit");
  try {
    for await (const line of createInterface({ input: writer.stdout })) {
      const [record, eventId = ""] = line.split(" ");
      written[record === "intent" ? "intent" : "event"].add(eventId);
      if (written.intent.size + written.event.size === killAfter) writer.kill("SIGKILL");
      onRecord();
    }
  } finally {
    writer.kill("SIGKILL");
    await exited;
  }
  return written;
}

test.each([1, 2, 3, 4, 5])(
  `killed, it has lost no record (seed ${SEED}, round %i)`,
  { timeout: TEST_MS_MAX },
  async (round) => {
    const seed = `${SEED}/${round}`;
    const random = createRandom(seed);
    const delivered: TokenEvent[] = [];
    let reader = openReader();

    const written = await runWriter(seed, random.integer(1, RECORDS_MAX), () => {
      // The reader follows the writer, is itself started anew now and then, and does not always get to commit.
      if (random.chance(0.01)) deliver(reader, delivered);
      if (random.chance(0.005)) reader.readBatch(BATCH_RECORDS_MAX);
      else if (random.chance(0.99)) return;
      reader.close();
      reader = openReader();
    });

    reader.close();
    reader = openReader();
    while (listWriters(spoolDir).length > 0) deliver(reader, delivered);
    reader.close();

    const byId = new Map(delivered.map((event) => [event.event_id, event]));
    expect(byId.size).toBe(delivered.length);
    for (const eventId of written.intent) expect(byId.has(eventId)).toBe(true);
    for (const eventId of written.event) expect(byId.get(eventId)?.usage_raw).not.toBe("");
    const sequences = delivered.map(({ sequence }) => sequence).toSorted((a, b) => a - b);
    expect(sequences).toEqual(sequences.map((_sequence, at) => at + 1));
  },
);

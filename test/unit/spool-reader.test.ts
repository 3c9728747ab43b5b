// The reader takes nothing that is not its to take, loses nothing when its own notes can't be written or read, and its notes cost
// as much as there is news.

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeFrame, segmentName } from "../../ingest/spool/format.ts";
import type { SpoolWriter } from "../../ingest/spool/writer.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { append, drain, makeTestSpool, nextEvent, sequencesOf, type TestSpool } from "../services/spool.ts";
import { createRandom } from "../simulation/random.ts";

const ERROR = 50;
const DAY_MS = 86_400_000;
const OPEN_CALLS = 1000;
const LONG_TEXT = "x".repeat(8000);

let spool: TestSpool;
beforeEach(() => {
  spool = makeTestSpool();
});
afterEach(() => spool.remove());

const fileOf = (name: string): string => join(spool.spoolDir, "gateway-1", name);

test("a spool has one reader at a time", () => {
  const reader = spool.openReader();
  const other = makeTestSpool(spool.spoolDir);
  expect(() => other.openReader()).toThrow(expect.objectContaining({ code: "data_directory_locked" }));
  reader.close();
  other.openReader().close();
});

describe("a folder", () => {
  test("that is no writer's is left alone", () => {
    mkdirSync(join(spool.spoolDir, "lost+found"));
    writeFileSync(join(spool.spoolDir, "README"), "");
    drain(spool.openReader());
    expect(statSync(join(spool.spoolDir, "lost+found")).isDirectory()).toBe(true);
  });

  test("whose writer left no lock is taken for a dead one's", () => {
    mkdirSync(join(spool.spoolDir, "gateway-1"));
    const frame = { record: "intent", event: buildTokenEvent({ sequence: 1 }) };
    writeFileSync(fileOf(segmentName(1)), encodeFrame(JSON.stringify(frame)));
    expect(drain(spool.openReader())).toEqual([1]);
    expect(spool.filesOf()).toBeUndefined();
  });

  test("that its writer never finished making goes after an hour, and not before", () => {
    const drafts = ["old", "new"].map((age) => join(spool.spoolDir, `.gateway-${age}`));
    for (const draft of drafts) mkdirSync(draft);
    const twoHoursAgo = Date.now() / 1000 - 7200;
    utimesSync(drafts[0] ?? "", twoHoursAgo, twoHoursAgo);
    spool.openReader();
    expect(drafts.map((draft) => statSync(draft, { throwIfNoEntry: false }) !== undefined)).toEqual([
      false,
      true,
    ]);
  });
});

describe("a commit that fails", () => {
  test("removes nothing, and succeeds when it is tried again", async () => {
    const writer = spool.openWriter();
    await append(writer, "intent", nextEvent(writer));
    await append(writer, "event", nextEvent(writer));
    const reader = spool.openReader();
    const batch = reader.readBatch(10);
    mkdirSync(join(fileOf("position.json"), "in-the-way"), { recursive: true });
    expect(() => batch.commit()).toThrow(expect.objectContaining({ code: "EISDIR" }));
    expect(() => batch.commit()).toThrow(expect.objectContaining({ code: "EISDIR" }));
    rmSync(fileOf("position.json"), { recursive: true });
    expect(sequencesOf(spool.openReader().readBatch(10))).toEqual([2]);
    batch.commit();
    expect(drain(spool.openReader())).toEqual([]);
    spool.bury();
    expect(drain(spool.openReader())).toEqual([1]);
  });
});

describe("a position that is damaged", () => {
  test.each(["", "{", '{"segment":0}'])(
    "(%j) delivers again what is there, and takes none for missing",
    async (content) => {
      const writer = spool.openWriter();
      await append(writer, "intent", nextEvent(writer));
      await append(writer, "event", nextEvent(writer));
      expect(drain(spool.openReader())).toEqual([2]);
      renameSync(fileOf(segmentName(1)), fileOf(segmentName(7)));
      writeFileSync(fileOf("position.json"), content);
      expect(drain(spool.openReader())).toEqual([2]);
      expect(spool.logged).toMatchObject([{ level: ERROR, writer: "gateway-1" }]);
    },
  );

  test("because its journal is, does so too", async () => {
    const writer = spool.openWriter();
    await append(writer, "intent", nextEvent(writer));
    drain(spool.openReader());
    writeFileSync(fileOf("intents-1.jsonl"), "{");
    drain(spool.openReader());
    spool.bury();
    expect(drain(spool.openReader())).toEqual([1]);
  });
});

describe("open calls", () => {
  test(`cost a commit nothing, also where there are ${OPEN_CALLS}`, async () => {
    const writer = spool.openWriter();
    const open = Array.from({ length: OPEN_CALLS }, () => nextEvent(writer));
    await Promise.all(open.map((event) => append(writer, "intent", event)));
    const reader = spool.openReader();
    drain(reader);
    const before = statSync(fileOf("intents-1.jsonl")).size;
    await append(writer, "event", open[0] ?? nextEvent(writer));
    await append(writer, "intent", nextEvent(writer));
    const passing = nextEvent(writer);
    await append(writer, "intent", passing);
    await append(writer, "event", passing);
    drain(reader);
    // One more, one less, and of the one that came and went nothing.
    const news = readFileSync(fileOf("intents-1.jsonl")).subarray(before).toString().trimEnd().split("\n");
    expect(news).toHaveLength(2);
    expect(statSync(fileOf("position.json")).size).toBeLessThan(200);
    spool.bury();
    expect(drain(spool.openReader())).toHaveLength(OPEN_CALLS);
  });

  test("are the same for a reader that starts anew, whatever came before", async () => {
    const seed = String(Date.now());
    const random = createRandom(seed);
    const writer = spool.openWriter();
    const open = new Map<string, TokenEvent>();
    let reader = spool.openReader();
    // Some 8 MB go through the journals, and are too much for one.
    for (let round = 0; round < 60; round++) {
      for (let call = 0; call < 30; call++) await change(writer, open, random.chance(0.5));
      const batch = reader.readBatch(1000);
      for (let call = 0; call < 10; call++) await change(writer, open, random.chance(0.5));
      const ahead = reader.readBatch(1000);
      const isCommitted = random.chance(0.8);
      if (isCommitted) batch.commit();
      const isAllCommitted = isCommitted && random.chance(0.7);
      if (isAllCommitted) ahead.commit();
      if (!isAllCommitted || random.chance(0.3)) reader = spool.openReader();
    }
    drain(reader);
    const journals = spool.filesOf()?.filter((name) => name.startsWith("intents-")) ?? [];
    expect([seed, journals]).toEqual([seed, [expect.not.stringContaining("intents-1.")]]);
    spool.bury();
    const left = [...open.values()].map(({ sequence }) => sequence);
    expect([seed, drain(spool.openReader()).toSorted((a, b) => a - b)]).toEqual([seed, left]);
  });

  test("that never end are given up after a day, and an event that comes later is delivered", async () => {
    let now = Date.now();
    const writer = spool.openWriter();
    const forgotten = nextEvent(writer);
    await append(writer, "intent", forgotten);
    expect(drain(spool.openReader({ now: () => now }))).toEqual([]);
    now += DAY_MS - 1;
    const reader = spool.openReader({ now: () => now });
    await append(writer, "intent", nextEvent(writer));
    expect(drain(reader)).toEqual([]);
    now += 2;
    expect(drain(reader)).toEqual([1]);
    expect(drain(spool.openReader({ now: () => now }))).toEqual([]);
    await append(writer, "event", forgotten);
    expect(drain(spool.openReader({ now: () => now }))).toEqual([1]);
  });
});

describe("what a newer gateway writes", () => {
  test.each([
    ["of an unknown kind", (event: TokenEvent) => ({ record: "verdict", event })],
    [
      "with an unknown field",
      (event: TokenEvent) => ({ record: "event", event: { ...event, mood: "good" } }),
    ],
    [
      "with an unknown field, of a call under way",
      (event: TokenEvent) => ({ record: "intent", event: { ...event, mood: "good" } }),
    ],
  ])("%s is put aside whole, with its reason, once, and is no gap", async (_name, toRecord) => {
    const writer = spool.openWriter();
    await append(writer, "intent", nextEvent(writer));
    const event = nextEvent(writer);
    const record = toRecord(event);
    if (record.record !== "intent") await append(writer, "intent", event);
    await new Promise((resolve) => writer.append(record, resolve));
    await append(writer, "intent", nextEvent(writer));
    const reader = spool.openReader();
    const batch = reader.readBatch(10);
    expect(batch.deadLetters).toEqual([
      { payload: JSON.stringify(record), reason: expect.stringMatching(/record|mood/) as unknown },
    ]);
    batch.commit();
    expect(reader.readBatch(10).deadLetters).toEqual([]);
    expect(spool.logged).toHaveLength(1);
  });

  test("comes in batches of the size that was asked for", async () => {
    const writer = spool.openWriter();
    for (let at = 0; at < 5; at++)
      await new Promise((resolve) => writer.append({ record: "verdict", at }, resolve));
    expect(spool.openReader().readBatch(2).deadLetters).toHaveLength(2);
  });
});

/** One call more under way, or one less. */
async function change(writer: SpoolWriter, open: Map<string, TokenEvent>, isMore: boolean): Promise<void> {
  const [oldest] = open.values();
  if (isMore || !oldest) {
    const event = nextEvent(writer, { usage_raw: LONG_TEXT });
    open.set(event.event_id, event);
    await append(writer, "intent", event);
  } else {
    open.delete(oldest.event_id);
    await append(writer, "event", oldest);
  }
}

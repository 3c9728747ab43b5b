// The spool gives back what was written to it, once it was committed never again, and until then always.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeFrame, PAYLOAD_BYTES_MAX, SEGMENT_BYTES_MAX } from "../../ingest/spool/format.ts";
import { tryLockFile } from "../../schemas/file-lock.ts";
import { buildTokenEvent } from "../builders/token-event.ts";
import { append, drain, makeTestSpool, nextEvent, sequencesOf, type TestSpool } from "../services/spool.ts";

let spool: TestSpool;
beforeEach(() => {
  spool = makeTestSpool();
});
afterEach(() => spool.remove());

describe("records", () => {
  test("come back in their order, whole, and once", async () => {
    const writer = spool.openWriter();
    const events = Array.from({ length: 50 }, () => nextEvent(writer, { usage_raw: "é鉱⚗️" }));
    await Promise.all(events.map((event) => append(writer, "event", event)));
    const reader = spool.openReader();
    const batch = reader.readBatch(1000);
    expect(batch.records).toEqual(events.map((event) => ({ record: "event", event })));
    batch.commit();
    expect(drain(reader)).toEqual([]);
  });

  test("of one turn are written together, and each caller is told", async () => {
    const writer = spool.openWriter();
    const told = await Promise.all([1, 2, 3].map(() => append(writer, "event", nextEvent(writer))));
    expect(told).toEqual([undefined, undefined, undefined]);
    expect(drain(spool.openReader())).toEqual([1, 2, 3]);
  });

  test("come in batches of the size that was asked for", async () => {
    const writer = spool.openWriter();
    for (let at = 0; at < 5; at++) await append(writer, "event", nextEvent(writer));
    const reader = spool.openReader();
    const sizes: number[][] = [];
    for (let batch = reader.readBatch(2); batch.records.length > 0; batch = reader.readBatch(2)) {
      sizes.push(sequencesOf(batch));
      batch.commit();
    }
    expect(sizes).toEqual([[1, 2], [3, 4], [5]]);
  });

  test("of several writers all come, and a new writer is found", async () => {
    const reader = spool.openReader();
    for (const writerId of ["gateway-1", "gateway-2", "gateway-3"]) {
      const writer = spool.openWriter(writerId);
      await append(writer, "event", nextEvent(writer));
      expect(drain(reader)).toEqual([1]);
    }
  });

  test("that are too large are refused, and harm no other", async () => {
    const writer = spool.openWriter();
    const large = nextEvent(writer);
    const failure = await new Promise((resolve) =>
      writer.append({ record: "event", event: large, more: "x".repeat(PAYLOAD_BYTES_MAX) }, resolve),
    );
    expect(failure).toMatchObject({ code: "too_large" });
    await append(writer, "event", nextEvent(writer));
    expect(drain(spool.openReader())).toEqual([2]);
  });

  test("that are not of their form are put aside with the reason, and the next ones are read", async () => {
    const writer = spool.openWriter();
    const broken = { ...nextEvent(writer), status: "200" };
    await new Promise((resolve) => writer.append({ record: "event", event: broken }, resolve));
    await append(writer, "event", nextEvent(writer));
    const batch = spool.openReader().readBatch(10);
    expect(sequencesOf(batch)).toEqual([2]);
    expect(batch.deadLetters).toEqual([
      {
        payload: JSON.stringify({ record: "event", event: broken }),
        reason: expect.stringContaining("status") as unknown,
      },
    ]);
  });
});

describe("commit", () => {
  test("is what makes a batch not come again", async () => {
    const writer = spool.openWriter();
    await append(writer, "event", nextEvent(writer));
    const uncommitted = spool.openReader().readBatch(10);
    expect(sequencesOf(uncommitted)).toEqual([1]);
    expect(drain(spool.openReader())).toEqual([1]);
    expect(drain(spool.openReader())).toEqual([]);
    await append(writer, "event", nextEvent(writer));
    expect(drain(spool.openReader())).toEqual([2]);
  });

  test("of a batch is not of the one that was read ahead of it", async () => {
    const writer = spool.openWriter();
    const [first, second] = [nextEvent(writer), nextEvent(writer)];
    await append(writer, "intent", first);
    await append(writer, "intent", second);
    await append(writer, "event", first);
    await append(writer, "event", second);
    const reader = spool.openReader();
    const batch = reader.readBatch(1);
    const ahead = reader.readBatch(1);
    expect([sequencesOf(batch), sequencesOf(ahead)]).toEqual([[1], [2]]);
    batch.commit();
    spool.bury();
    expect(drain(spool.openReader())).toEqual([2]);
    expect(spool.writers()).not.toContain("gateway-1");
  });

  test("removes the segments that were read to their end, and no other", async () => {
    const writer = spool.openWriter();
    await writeSegments(writer, 2);
    const segments = segmentsOf(spool);
    expect(segments.length).toBeGreaterThan(1);
    const reader = spool.openReader();
    const first = reader.readBatch(3);
    first.commit();
    expect(segmentsOf(spool)).toEqual(segments);
    const rest = reader.readBatch(10_000);
    expect(segmentsOf(spool)).toEqual(segments);
    rest.commit();
    expect(segmentsOf(spool)).toEqual(segments.slice(-1));
    expect([...sequencesOf(first), ...sequencesOf(rest)]).toEqual(upTo(lastSequence(writer)));
  });
});

describe("an intent", () => {
  test("gives way to its event", async () => {
    const writer = spool.openWriter();
    const event = nextEvent(writer, { status: 0 });
    const reader = spool.openReader();
    await append(writer, "intent", event);
    expect(drain(reader)).toEqual([]);
    await append(writer, "event", { ...event, status: 200 });
    const batch = reader.readBatch(10);
    expect(batch.records).toMatchObject([{ event: { status: 200 } }]);
    batch.commit();
    spool.bury();
    expect(drain(reader)).toEqual([]);
  });

  test("becomes the event when its writer is dead, and not before", async () => {
    const writer = spool.openWriter();
    await append(writer, "intent", nextEvent(writer));
    await append(writer, "event", nextEvent(writer));
    await append(writer, "intent", nextEvent(writer));
    const reader = spool.openReader();
    expect(drain(reader)).toEqual([2]);
    expect(drain(reader)).toEqual([]);
    spool.bury();
    expect(drain(reader)).toEqual([1, 3]);
    expect(spool.filesOf()).toBeUndefined();
    expect(drain(reader)).toEqual([]);
  });

  test("is kept through a restart of the reader", async () => {
    const writer = spool.openWriter();
    const open = nextEvent(writer);
    await append(writer, "intent", open);
    await append(writer, "intent", nextEvent(writer));
    expect(drain(spool.openReader())).toEqual([]);
    await append(writer, "event", open);
    expect(drain(spool.openReader())).toEqual([1]);
    spool.bury();
    expect(drain(spool.openReader())).toEqual([2]);
  });

  test("that became the event and was not committed comes again", async () => {
    const writer = spool.openWriter();
    await append(writer, "intent", nextEvent(writer));
    spool.bury();
    expect(sequencesOf(spool.openReader().readBatch(10))).toEqual([1]);
    expect(drain(spool.openReader())).toEqual([1]);
  });

  test("that is missing from a writer's numbers is reported", async () => {
    const writer = spool.openWriter();
    await append(writer, "intent", nextEvent(writer));
    nextEvent(writer);
    await append(writer, "intent", nextEvent(writer));
    drain(spool.openReader());
    expect(spool.logged).toMatchObject([{ level: 50, expected: 2, found: 3 }]);
  });
});

describe("a writer's folder", () => {
  test("in which there is no segment yet is waited for", async () => {
    const folder = join(spool.spoolDir, "gateway-1");
    mkdirSync(folder);
    const unlock = tryLockFile(join(folder, "writer.lock"));
    const reader = spool.openReader();
    expect(drain(reader)).toEqual([]);
    const frame = { record: "event", event: buildTokenEvent({ sequence: 7 }) };
    writeFileSync(join(folder, "000000000001.spool"), encodeFrame(JSON.stringify(frame)));
    expect(drain(reader)).toEqual([7]);
    unlock?.();
  });

  test("is removed when its writer died before it wrote", () => {
    spool.openWriter();
    spool.bury();
    drain(spool.openReader());
    expect(spool.filesOf()).toBeUndefined();
  });
});

type Writer = ReturnType<TestSpool["openWriter"]>;

/** Fills so many segments and begins the next one. */
async function writeSegments(writer: Writer, segments: number): Promise<void> {
  const usage_raw = "x".repeat(16_000);
  for (let bytes = 0; bytes <= segments * SEGMENT_BYTES_MAX; bytes += 100 * usage_raw.length) {
    await Promise.all(
      Array.from({ length: 100 }, () => append(writer, "event", nextEvent(writer, { usage_raw }))),
    );
  }
}

const segmentsOf = (written: TestSpool): string[] =>
  written.filesOf()?.filter((name) => name.endsWith(".spool")) ?? [];
const lastSequence = (writer: Writer): number => writer.nextSequence() - 1;
const upTo = (last: number): number[] => Array.from({ length: last }, (_one, at) => at + 1);

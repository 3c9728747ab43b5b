// Damage on disk costs the records that it hit and no other, and is reported; what the disk did not take is not said to be
// written.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { segmentName } from "../../ingest/spool/format.ts";
import type { SpoolWriter } from "../../ingest/spool/writer.ts";
import { canFillDisk, fillDisk } from "../services/full-disk.ts";
import { append, drain, makeTestSpool, nextEvent, type TestSpool } from "../services/spool.ts";

const ERROR = 50;

let spool: TestSpool;
beforeEach(() => {
  spool = makeTestSpool();
});
afterEach(() => spool.remove());

const segmentFile = (segment: number): string => join(spool.spoolDir, "gateway-1", segmentName(segment));

async function write(writer: SpoolWriter, events: number): Promise<void> {
  for (let at = 0; at < events; at++) await append(writer, "event", nextEvent(writer));
}

describe("a torn tail", () => {
  test("wherever it is torn, costs its record alone", async () => {
    const writer = spool.openWriter();
    await write(writer, 3);
    const whole = readFileSync(segmentFile(1));
    const lastFrame = Math.floor((whole.length * 2) / 3);
    spool.bury();
    for (let end = lastFrame; end < whole.length; end++) {
      writeFileSync(segmentFile(1), whole.subarray(0, end));
      const { records, deadLetters } = spool.openReader().readBatch(10);
      expect([end, records.length, deadLetters.length]).toEqual([end, 2, 0]);
    }
  });

  test("of a living writer is waited for", async () => {
    const writer = spool.openWriter();
    await write(writer, 2);
    const whole = readFileSync(segmentFile(1));
    writeFileSync(segmentFile(1), whole.subarray(0, whole.length - 5));
    const reader = spool.openReader();
    expect(drain(reader)).toEqual([1]);
    writeFileSync(segmentFile(1), whole);
    expect(drain(reader)).toEqual([2]);
    expect(spool.logged).toEqual([]);
  });
});

/** Damages the second record of three. */
async function damage(offset: number): Promise<void> {
  const writer = spool.openWriter();
  await write(writer, 3);
  const bytes = readFileSync(segmentFile(1));
  const at = bytes.length / 3 + offset;
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(segmentFile(1), bytes);
}

describe("a damaged frame", () => {
  /** In its length, its checksum and its payload. */
  const offsets = [0, 1, 2, 3, 4, 7, 8, 200];

  test.each(offsets)(
    "in the middle (byte %i of it) is reported, and the next segments are read",
    async (offset) => {
      await damage(offset);
      const bytes = readFileSync(segmentFile(1));
      writeFileSync(segmentFile(2), bytes.subarray(0, bytes.length / 3));
      spool.bury();
      expect(drain(spool.openReader())).toEqual([1, 1]);
      expect(spool.logged).toContainEqual(expect.objectContaining({ level: ERROR, segment: 1 }));
      expect(spool.filesOf()).toBeUndefined();
    },
  );

  test.each(offsets)("in a dead writer's last segment (byte %i of it) is reported", async (offset) => {
    await damage(offset);
    spool.bury();
    expect(drain(spool.openReader())).toEqual([1]);
    expect(spool.logged).toContainEqual(expect.objectContaining({ level: ERROR, segment: 1 }));
  });
});

describe.skipIf(!canFillDisk)("on a full disk", () => {
  test("a record that is cut short is not said to be written, and nothing follows it in its segment", async () => {
    const writer = spool.openWriter();
    await write(writer, 2);
    const bytes = readFileSync(segmentFile(1)).length;
    const makeRoom = fillDisk(bytes + 100);
    const failures = await Promise.all([
      append(writer, "event", nextEvent(writer)),
      append(writer, "event", nextEvent(writer)),
    ]);
    makeRoom();
    expect(failures).toMatchObject([{ code: "unavailable", retry: true }, { code: "unavailable" }]);
    expect(readFileSync(segmentFile(1))).toHaveLength(bytes + 100);
    expect(await append(writer, "event", nextEvent(writer))).toBeUndefined();
    expect(drain(spool.openReader())).toEqual([1, 2, 5]);
    expect(spool.logged).toContainEqual(expect.objectContaining({ level: ERROR, segment: 1, bytes: 100 }));
  });

  test("records are refused for as long as it is full, without a file left for each of them", async () => {
    const writer = spool.openWriter();
    await write(writer, 1);
    const makeRoom = fillDisk(0);
    for (let at = 0; at < 20; at++) {
      expect(await append(writer, "event", nextEvent(writer))).toMatchObject({ code: "unavailable" });
    }
    makeRoom();
    await write(writer, 1);
    expect(spool.filesOf()).toEqual([segmentName(1), segmentName(2), "writer.lock"]);
    expect(drain(spool.openReader())).toEqual([1, 22]);
  });
});

// What becomes of records on a disk that can't be written, does not keep what it took, or never says whether it did. Such disks are
// played by one that does what the real one does until it is told to fail; a full one is real.

import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemDisk, type SpoolDisk } from "../../ingest/spool/disk.ts";
import { segmentName } from "../../ingest/spool/format.ts";
import type { SpoolWriter } from "../../ingest/spool/writer.ts";
import type { AppError } from "../../schemas/app-error.ts";
import { append, drain, makeTestSpool, nextEvent, type TestSpool } from "../services/spool.ts";

const ERROR = 50;
const SYNC_MS = 20;
const SECOND_MS = 1000;
/** So that a few of them come to what may wait for a sync. */
const LARGE_TEXT = "x".repeat(1_000_000);
const LARGE_RECORDS = 70;

/** What the disk answers, where it is told to fail. */
type Fault = () => never;
interface TestDisk extends SpoolDisk {
  fail: Partial<Record<keyof SpoolDisk, Fault>>;
  /** While it is set, a sync ends when it does. */
  stuck: Promise<void> | undefined;
  syncs: { underWay: number; atOnceMax: number };
}

function createTestDisk(): TestDisk {
  const disk: TestDisk = {
    fail: {},
    stuck: undefined,
    syncs: { underWay: 0, atOnceMax: 0 },
    create: (file) => disk.fail.create?.() ?? systemDisk.create(file),
    write: (descriptor, bytes, start) => disk.fail.write?.() ?? systemDisk.write(descriptor, bytes, start),
    read: (file) => systemDisk.read(file),
    async sync() {
      const { syncs } = disk;
      syncs.underWay++;
      syncs.atOnceMax = Math.max(syncs.atOnceMax, syncs.underWay);
      await disk.stuck;
      syncs.underWay--;
      disk.fail.sync?.();
    },
    close: (descriptor) => systemDisk.close(descriptor),
    try: (file) => disk.fail.try?.() ?? systemDisk.try(file),
  };
  return disk;
}

const failWith =
  (code: string): Fault =>
  () => {
    throw Object.assign(new Error(code), { code });
  };

let spool: TestSpool;
let disk: TestDisk;
let writer: SpoolWriter;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  spool = makeTestSpool();
  disk = createTestDisk();
  writer = spool.openWriter("gateway-1", { disk });
});
afterEach(() => {
  vi.useRealTimers();
  spool.remove();
});

const refuseAll = (code: string): void => {
  disk.fail = { create: failWith(code), write: failWith(code), sync: failWith(code), try: failWith(code) };
};

const segmentFile = (segment: number): string => join(spool.spoolDir, "gateway-1", segmentName(segment));
const errors = (): unknown[] => spool.logged.filter(({ level }) => level === ERROR);

async function countOf(name: string): Promise<Record<string, number>> {
  const metric = await spool.metrics.registry.getSingleMetric(name)?.get();
  return Object.fromEntries(metric?.values.map(({ labels, value }) => [labels["record"] ?? "", value]) ?? []);
}

describe("a sync that fails", () => {
  test("puts what it may have lost into a new segment, where it is synced", async () => {
    await append(writer, "intent", nextEvent(writer));
    await vi.advanceTimersByTimeAsync(SYNC_MS);
    const kept = readFileSync(segmentFile(1)).length;
    disk.fail.sync = failWith("EIO");
    await append(writer, "event", nextEvent(writer));
    await append(writer, "event", nextEvent(writer));
    await vi.advanceTimersByTimeAsync(SYNC_MS);
    expect(errors()).toMatchObject([{ segment: 1, err: { code: "EIO" } }]);
    disk.fail = {};
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    await append(writer, "event", nextEvent(writer));
    expect(writer.state.syncLateMs).toBe(0);
    // The disk has lost what it said it could not write.
    truncateSync(segmentFile(1), kept);
    expect(drain(spool.openReader())).toEqual([2, 3, 4]);
    expect(errors()).toHaveLength(1);
  });

  test("delivers twice what it did not lose, and takes no number for missing", async () => {
    disk.fail.sync = failWith("EIO");
    await append(writer, "intent", nextEvent(writer));
    await append(writer, "intent", nextEvent(writer));
    await append(writer, "event", nextEvent(writer));
    await vi.advanceTimersByTimeAsync(SYNC_MS);
    disk.fail = {};
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(drain(spool.openReader())).toEqual([3, 3]);
    expect(errors()).toHaveLength(1);
  });

  test("again and again is shown, and leaves few segments", async () => {
    disk.fail.sync = failWith("EIO");
    await append(writer, "event", nextEvent(writer));
    await vi.advanceTimersByTimeAsync(60 * SECOND_MS);
    expect(writer.state.syncLateMs).toBeGreaterThan(59 * SECOND_MS);
    expect(spool.filesOf()?.length).toBeLessThan(20);
    expect(await append(writer, "event", nextEvent(writer))).toBeUndefined();
  });
});

describe("a sync that never ends", () => {
  test("holds nobody up, is one at a time, is told of, and has a limit", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    disk.stuck = promise;
    const failures: (AppError | undefined)[] = [];
    for (let at = 0; at < LARGE_RECORDS; at++) {
      const large = { record: "event", event: nextEvent(writer), more: LARGE_TEXT };
      failures.push(await new Promise((told) => writer.append(large, told)));
      await vi.advanceTimersByTimeAsync(SYNC_MS);
    }
    const taken = failures.filter((failure) => failure === undefined).length;
    expect(taken).toBeGreaterThan(60);
    expect(failures.slice(taken)).toMatchObject(
      failures.slice(taken).map(() => ({ code: "unavailable", retry: true, cause: { code: "timeout" } })),
    );
    expect(taken).toBeLessThan(LARGE_RECORDS);
    expect(disk.syncs.atOnceMax).toBe(1);
    expect(writer.state).toMatchObject({ lostRecords: LARGE_RECORDS - taken });
    expect(writer.state.failingSince).toBeDefined();
    expect(writer.state.syncLateMs).toBeGreaterThan(SECOND_MS);
    expect(errors()).toContainEqual(expect.objectContaining({ lateMs: expect.any(Number) as unknown }));

    disk.stuck = undefined;
    resolve();
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(writer.state).toMatchObject({ failingSince: undefined, syncLateMs: 0 });
    expect(await append(writer, "event", nextEvent(writer))).toBeUndefined();
  });

  test("does not keep the writer from closing", async () => {
    disk.stuck = new Promise(() => undefined);
    await append(writer, "event", nextEvent(writer));
    const closed = writer.close();
    await vi.advanceTimersByTimeAsync(5 * SECOND_MS);
    await closed;
    expect(errors()).toMatchObject([{ lateMs: 1000 }, { bytes: expect.any(Number) as unknown }]);
  });
});

describe("a disk that can't be written", () => {
  test.each(["ENOSPC", "EROFS", "EIO", "EDQUOT"])(
    "(%s) costs what came meanwhile, which is counted, and the gap is found",
    async (code) => {
      await append(writer, "intent", nextEvent(writer));
      refuseAll(code);
      const failed = nextEvent(writer);
      for (const record of ["intent", "event"] as const)
        expect(await append(writer, record, failed)).toMatchObject({
          code: "unavailable",
          retry: true,
          cause: { code },
        });
      expect(writer.state).toMatchObject({ lostRecords: 2, failingSince: Date.now() });
      expect(await countOf("assay_unrecorded_records_total")).toEqual({ intent: 1, event: 1 });
      expect(await countOf("assay_spool_writable")).toEqual({ "": 0 });

      disk.fail = {};
      await vi.advanceTimersByTimeAsync(SECOND_MS);
      // Nothing was written meanwhile: a gateway that refuses calls gets none.
      expect(writer.state).toMatchObject({ lostRecords: 2, failingSince: undefined });
      expect(await countOf("assay_spool_writable")).toEqual({ "": 1 });
      await append(writer, "intent", nextEvent(writer));
      expect(readFileSync(segmentFile(2)).length).toBeGreaterThan(0);
      drain(spool.openReader());
      expect(await countOf("assay_spool_missing_records_total")).toEqual({ "": 1 });
    },
  );

  test("keeps no writer from beginning, which records what comes when it can", async () => {
    refuseAll("EROFS");
    const early = spool.openWriter("gateway-2", { disk });
    expect(early.state.failingSince).toBe(Date.now());
    expect(await append(early, "intent", nextEvent(early))).toMatchObject({ cause: { code: "EROFS" } });
    disk.fail = {};
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(early.state).toMatchObject({ failingSince: undefined, lostRecords: 1 });
    expect(await append(early, "event", nextEvent(early))).toBeUndefined();
    expect(drain(spool.openReader())).toEqual([2]);
  });

  test("is logged at once, and then in one line each 10 s", async () => {
    refuseAll("ENOSPC");
    for (let at = 0; at < 500; at++) await append(writer, "event", nextEvent(writer));
    expect(errors()).toMatchObject([{ lost: { event: 1 }, err: { code: "unavailable" } }]);
    await vi.advanceTimersByTimeAsync(10 * SECOND_MS);
    expect(errors().slice(1)).toMatchObject([{ lost: { event: 499 } }]);
    await vi.advanceTimersByTimeAsync(100 * SECOND_MS);
    expect(errors()).toHaveLength(2);
    disk.fail = {};
    await vi.advanceTimersByTimeAsync(20 * SECOND_MS);
    expect(spool.logged.at(-1)).toMatchObject({ level: 40, lostRecords: 500 });
  });
});

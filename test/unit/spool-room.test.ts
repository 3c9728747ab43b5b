// The spool stops at its limit, counted over all writers, and goes on when there is room for more than the next record.

import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SpoolRoom } from "../../ingest/spool/room.ts";
import { append, drain, makeTestSpool, nextEvent } from "../services/spool.ts";

const BYTES_MAX = 1_000_000;
const SECOND_MS = 1000;
const WAIT = { timeout: 20_000, interval: 5 };
vi.setConfig({ testTimeout: 30_000 });

let spoolDir: string;
beforeEach(() => {
  // Time passes in `within` alone. The disk is the real one, and answers when it does.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  spoolDir = mkdtempSync(join(tmpdir(), "assay-spool-"));
  mkdirSync(join(spoolDir, "gateway-2"));
  writeFileSync(segment(), "");
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(spoolDir, { recursive: true });
});

/** Another writer's. */
const segment = (): string => join(spoolDir, "gateway-2", "000000000001.spool");
const othersTake = (bytes: number): void => truncateSync(segment(), bytes);

/** Lets time pass until it is so. */
const within = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    await check();
  }, WAIT);

test("own bytes are counted as they are written, and those of others at each look", async () => {
  let looksWhileFull = 0;
  const room = new SpoolRoom(pino({ level: "silent" }), {
    spoolDir,
    bytesMax: BYTES_MAX,
    onFull: () => looksWhileFull++,
  });
  room.take(BYTES_MAX - 1);
  expect(room.isFull).toBe(false);
  room.take(1);
  expect(room.isFull).toBe(true);
  // What it wrote never came to this disk, so the next look finds room.
  await within(() => expect(room.isFull).toBe(false));

  othersTake(BYTES_MAX);
  await within(() => expect(room.isFull).toBe(true));
  othersTake(BYTES_MAX * 0.95);
  const looks = looksWhileFull;
  // The second look from here on has seen it.
  await within(() => expect(looksWhileFull).toBeGreaterThan(looks + 1));
  expect(room.isFull).toBe(true);
  othersTake(BYTES_MAX * 0.85);
  await within(() => expect(room.isFull).toBe(false));
  room.close();
});

test("writers that have reached the limit go on when what they wrote is delivered, and keep no segment from that", async () => {
  const spool = makeTestSpool(spoolDir);
  const writers = ["gateway-3", "gateway-4"].map((id) => spool.openWriter(id, { bytesMax: BYTES_MAX }));
  const [writer] = writers;
  if (!writer) return;
  let bytes = 0;
  for (;;) {
    const event = nextEvent(writer);
    if (await append(writer, "event", event)) break;
    bytes += JSON.stringify({ record: "event", event }).length + 8;
  }
  // What is written while the spool is looked at is counted twice until the next look, so it may be less.
  expect(bytes).toBeGreaterThan(BYTES_MAX * 0.45);
  expect(bytes).toBeLessThan(BYTES_MAX * 1.01);
  await within(async () => {
    for (const other of writers) expect(await append(other, "event", nextEvent(other))).toBeDefined();
  });
  const reader = spool.openReader();
  while (drain(reader).length > 0);
  await within(() => {
    for (const other of writers) expect(other.state.failingSince).toBeUndefined();
  });
  for (const other of writers) expect(await append(other, "event", nextEvent(other))).toBeUndefined();
  reader.close();
});

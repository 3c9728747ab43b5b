// A gateway whose spool takes nothing: calls go on and are missed, or are refused; it is seen; and it goes on by itself.

import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { canFillDisk, fillDisk } from "../services/full-disk.ts";
import { startTestGateway, type TestGateway } from "../services/gateway.ts";
import { send } from "../services/raw-client.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";

const CHAT = "/v1/chat/completions";
const REQUEST = '{"model":"m","stream":true,"stream_options":{"include_usage":true}}';
const LIMIT_MB = 64;
const WAIT = { timeout: 20_000, interval: 20 };
vi.setConfig({ testTimeout: 60_000 });

let replay: ReplayProvider;
let gateway: TestGateway;
let makeRoom: () => void = () => undefined;

beforeAll(async () => {
  replay = await startReplayProvider();
});
afterAll(() => replay.close());
afterEach(async () => {
  makeRoom();
  replay.respond(undefined);
  await gateway.close();
});

const start = async (strict: "0" | "1"): Promise<void> => {
  gateway = await startTestGateway({
    upstreamUrl: replay.url,
    settings: { ASSAY_STRICT: strict, ASSAY_SPOOL_MAX_MB: String(LIMIT_MB) },
  });
};
const call = (): ReturnType<typeof send> => send(gateway.url + CHAT, { body: REQUEST });
const readiness = async (): Promise<number> =>
  (await send(`${gateway.url}/readyz`, { method: "GET" })).status;
const spoolPart = async (): Promise<unknown> => (await gateway.vitals.read()).parts["spool"];

async function unrecorded(): Promise<Record<string, number>> {
  const { values } = await gateway.vitals.metrics.unrecordedRecords.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.record ?? "", value]));
}

describe.skipIf(!canFillDisk)("on a full disk", () => {
  test("calls go on, each lost record is counted, and the first one with room is recorded again", async () => {
    await start("0");
    makeRoom = fillDisk(0);
    expect(await call()).toMatchObject({ status: 200, isWhole: true });
    expect(await unrecorded()).toEqual({ intent: 1, event: 1 });
    expect(await spoolPart()).toMatchObject({ state: "impaired", lost_records: 2 });
    expect(await readiness()).toBe(200);
    makeRoom();
    expect(await call()).toMatchObject({ status: 200, isWhole: true });
    expect(gateway.takeEvents()).toMatchObject([{ sequence: 2 }]);
    expect(await spoolPart()).toMatchObject({ state: "ok", lost_records: 2 });
  });

  test("a gateway that must record calls is not ready, and is again without being called", async () => {
    await start("1");
    makeRoom = fillDisk(0);
    expect((await call()).status).toBe(503);
    expect(await readiness()).toBe(503);
    expect(await spoolPart()).toMatchObject({ state: "failed" });
    makeRoom();
    await vi.waitFor(async () => expect(await readiness()).toBe(200), WAIT);
    expect(await call()).toMatchObject({ status: 200, isWhole: true });
  });

  test("an answer that came before the disk was full reaches its client whole, and is counted as lost", async () => {
    await start("1");
    replay.respond(() => {
      makeRoom = fillDisk(0);
      return undefined;
    });
    expect(await call()).toMatchObject({ status: 200, isWhole: true });
    expect(await unrecorded()).toEqual({ event: 1 });
    replay.respond(undefined);
    expect((await call()).status).toBe(503);
  });
});

test("at the limit of the spool calls are refused as on a full disk, until what was there is gone", async () => {
  await start("1");
  const others = join(gateway.dataDir, "spool", "gateway-other");
  mkdirSync(others);
  writeFileSync(join(others, "000000000001.spool"), "");
  truncateSync(join(others, "000000000001.spool"), LIMIT_MB * 1024 ** 2);
  await vi.waitFor(async () => expect((await call()).status).toBe(503), WAIT);
  expect(await readiness()).toBe(503);
  rmSync(others, { recursive: true });
  await vi.waitFor(async () => expect(await readiness()).toBe(200), WAIT);
  expect((await call()).status).toBe(200);
});

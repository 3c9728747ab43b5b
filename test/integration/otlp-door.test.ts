// The door for telemetry itself: who may come in, with what, and how it answers where it takes less than everything.

import { gzipSync } from "node:zlib";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EDITS_MAX } from "../../ingest/outcomes/otlp/accepted-edits.ts";
import { REQUESTS_MAX } from "../../ingest/outcomes/otlp/otlp.ts";
import { BODY_BYTES_MAX } from "../../ingest/outcomes/otlp/request-body.ts";
import { ATTRIBUTES_MAX, RECORDS_MAX, VALUE_CHARS_MAX } from "../../ingest/outcomes/otlp/telemetry.ts";
import { outcomeFacts } from "../../schemas/postgres/outcome-tables.ts";
import { openIntakeBench } from "../services/intake.ts";
import {
  openTelemetryBench,
  reportEvents,
  type SentRequest,
  type Somebody,
  type TelemetryBench,
} from "../services/telemetry.ts";

const PROTOBUF = { "content-type": "application/x-protobuf" };
const JSON_HEADERS = { "content-type": "application/json; charset=utf-8" };

let bench: TelemetryBench;
let somebody: Somebody;
let batch: SentRequest;
beforeAll(async () => {
  bench = await openTelemetryBench();
  somebody = await bench.addSomebody();
  await reportEvents(bench, somebody, [event("session-0")]);
  batch = bench.sent[0]!;
}, 60_000);
afterAll(() => bench.close());

let calls = 0;
function event(session: string | undefined, said: Record<string, string> = {}): Record<string, string> {
  return {
    "event.name": "tool_decision",
    decision: "accept",
    source: "user_temporary",
    tool_name: "Write",
    tool_use_id: `toolu_${++calls}`,
    ...(session !== undefined && { "session.id": session }),
    ...said,
  };
}

const batchBody = (): Uint8Array<ArrayBuffer> => batch.body;
const toAttributes = (said: Record<string, string>) =>
  Object.entries(said).map(([key, stringValue]) => ({ key, value: { stringValue } }));
const toLogs = (records: readonly object[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] });
const toBody = (json: unknown): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(JSON.stringify(json)));
const sendJson = (path: string, json: unknown) =>
  bench.send(path, somebody.secret, { headers: JSON_HEADERS, body: toBody(json) });
const outcomesOf = (session: string) => bench.outcomes().filter(({ session_id }) => session_id === session);

/** A google.rpc.Status, or an ExportPartialSuccess: number and message. */
function readNumberAndMessage(bytes: Uint8Array): [number, string] {
  const reader = new BinaryReader(bytes);
  const [field] = reader.tag();
  const number = Number(reader.int64());
  const [next] = reader.tag();
  expect([field, next]).toEqual([1, 2]);
  return [number, reader.string()];
}

test.each([
  ["no key", undefined],
  ["a key that was never made", `assay_${"x".repeat(43)}`],
  ["what is no key of ours", "sk-ant-api03-anything"],
])("%s is refused, in the encoding of the request", async (_name, secret) => {
  const inProtobuf = await bench.send("logs", secret, batch);
  expect(inProtobuf.status).toBe(401);
  expect(inProtobuf.headers.get("content-type")).toBe("application/x-protobuf");
  expect(readNumberAndMessage(await inProtobuf.bytes())[0]).toBe(16);
  const inJson = await bench.send("metrics", secret, { headers: JSON_HEADERS, body: toBody({}) });
  expect(inJson.status).toBe(401);
  expect(await inJson.json()).toMatchObject({ code: 16 });
});

describe("a body", () => {
  test.each([
    ["too large", new Uint8Array(BODY_BYTES_MAX + 1), {}],
    [
      "that unpacks to too much",
      new Uint8Array(gzipSync(Buffer.alloc(BODY_BYTES_MAX + 1))),
      { "content-encoding": "gzip" },
    ],
  ])("%s is refused", async (_name, body, more) => {
    const response = await bench.send("logs", somebody.secret, { headers: { ...PROTOBUF, ...more }, body });
    expect(response.status).toBe(413);
  });

  test.each([
    ["of another content type", { "content-type": "text/plain" }, batchBody],
    ["packed in another way", { ...PROTOBUF, "content-encoding": "br" }, batchBody],
    ["that is not packed as it says", { ...PROTOBUF, "content-encoding": "gzip" }, batchBody],
    ["in the other encoding", JSON_HEADERS, batchBody],
    ["that is no object", JSON_HEADERS, () => toBody([1])],
    ["with a list where none belongs", JSON_HEADERS, () => toBody({ resourceLogs: { scopeLogs: [] } })],
    ["of another form", JSON_HEADERS, () => toBody(toLogs([{ attributes: [{ key: 1 }] }]))],
  ])("%s is refused", async (_name, headers, body) => {
    const response = await bench.send("logs", somebody.secret, { headers, body: body() });
    expect(response.status).toBe(400);
  });

  test("cut off anywhere, or changed at any byte, is taken or refused, and never a failure of ours", async () => {
    const statuses = new Set<number>();
    for (let at = 0; at < batch.body.length; at += 7) {
      const changed = batch.body.slice();
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      for (const body of [batch.body.slice(0, at), changed])
        statuses.add((await bench.send("logs", somebody.secret, { headers: PROTOBUF, body })).status);
    }
    expect(statuses).toEqual(new Set([200, 400]));
  });

  test("that is packed is read", async () => {
    const session = "session-packed";
    const json = toBody(toLogs([{ timeUnixNano: "1", attributes: toAttributes(event(session)) }]));
    const headers = { ...JSON_HEADERS, "content-encoding": "gzip" };
    const response = await bench.send("logs", somebody.secret, {
      headers,
      body: new Uint8Array(gzipSync(json)),
    });
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect(outcomesOf(session)).toHaveLength(1);
  });
});

describe("a partial success", () => {
  test("counts accepted edits without a session, and the others are taken", async () => {
    const session = "session-partial";
    const records = [event(undefined), event(session), event(undefined)];
    const response = await sendJson(
      "logs",
      toLogs(records.map((said) => ({ attributes: toAttributes(said) }))),
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedLogRecords: "2", errorMessage: expect.stringContaining("session") },
    });
    expect(outcomesOf(session)).toHaveLength(1);

    const from = bench.sent.length;
    await reportEvents(bench, somebody, [event(undefined)]);
    const inProtobuf = await bench.send("logs", somebody.secret, bench.sent[from]!);
    const reader = new BinaryReader(await inProtobuf.bytes());
    expect(reader.tag()[0]).toBe(1);
    expect(readNumberAndMessage(reader.bytes())[0]).toBe(1);
  });

  test(`counts what is above ${RECORDS_MAX} records`, async () => {
    const response = await sendJson("logs", toLogs(Array.from({ length: RECORDS_MAX + 2 }, () => ({}))));
    expect(await response.json()).toMatchObject({ partialSuccess: { rejectedLogRecords: "2" } });
  });

  test.each([
    [EDITS_MAX, EDITS_MAX, {}],
    [EDITS_MAX + 1, 0, { partialSuccess: { rejectedDataPoints: "1" } }],
    [1e300, 0, { partialSuccess: { rejectedDataPoints: "1" } }],
    [-1, 0, {}],
  ])(`a counter at %d gives %d outcomes`, async (value, count, answer) => {
    const session = `session-counter-${value}`;
    const said = { decision: "accept", source: "user_permanent", tool_name: "Edit", "session.id": session };
    const dataPoints = [
      { startTimeUnixNano: "1", timeUnixNano: "2", asDouble: value, attributes: toAttributes(said) },
    ];
    const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
    const metrics = [{ name: "claude_code.code_edit_tool.decision", sum }];
    const response = await sendJson("metrics", { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    expect(await response.json()).toMatchObject(answer);
    expect(outcomesOf(session)).toHaveLength(count);
  });
});

test.each([
  ["attributes after the limit", (said: Record<string, string>) => ({ ...manyAttributes(), ...said })],
  ["values above the limit", ({ ...said }) => ({ ...said, decision: "accept".padEnd(VALUE_CHARS_MAX + 1) })],
])("%s are not read", async (_name, change) => {
  const attributes = toAttributes(change(event("session-limits")));
  expect((await sendJson("logs", toLogs([{ attributes }]))).status).toBe(200);
  expect(outcomesOf("session-limits")).toEqual([]);
});

function manyAttributes(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: ATTRIBUTES_MAX }, (_, at) => [`a${at}`, "x"]));
}

test("a batch that can't be kept is asked for again, and then counts once", async () => {
  const attributes = toAttributes(event("session-again"));
  bench.failWrites(1);
  const refused = await sendJson("logs", toLogs([{ attributes }]));
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await sendJson("logs", toLogs([{ attributes }]))).status).toBe(200);
  expect(outcomesOf("session-again")).toHaveLength(1);
});

const probe = async (): Promise<number> => (await bench.send("logs", somebody.secret, batch)).status;

test("more requests at a time than there is room for are asked to come again", async () => {
  const stalled = new AbortController();
  const stall = (): Promise<unknown> =>
    fetch(`${bench.url}/logs`, {
      method: "POST",
      headers: { ...PROTOBUF, authorization: `Bearer ${somebody.secret}` },
      body: new ReadableStream({ start: (body) => body.enqueue(new Uint8Array([0])) }),
      duplex: "half",
      signal: stalled.signal,
    });
  const requests = Array.from({ length: REQUESTS_MAX }, stall);
  await expect.poll(probe, { timeout: 10_000 }).toBe(429);
  stalled.abort();
  await Promise.allSettled(requests);
  await expect.poll(probe, { timeout: 10_000 }).toBe(200);
}, 30_000);

test("traces are received, and nothing is made of them", async () => {
  const before = bench.outcomes().length;
  const response = await bench.send("traces", somebody.secret, { headers: PROTOBUF, body: batch.body });
  expect([response.status, (await response.bytes()).length]).toEqual([200, 0]);
  expect(bench.outcomes()).toHaveLength(before);
});

test("no text of a batch is kept, logged or answered", async () => {
  const canary = "canary-7f3a";
  const said = event("session-canary", {
    prompt: `${canary} a prompt`,
    tool_parameters: JSON.stringify({ command: `${canary} a command` }),
    "user.email": `${canary}@example.com`,
    body: `${canary} a body`,
    error: `${canary} `.repeat(100),
  });
  const answers: string[] = [];
  const from = bench.sent.length;
  await reportEvents(bench, somebody, [said, { ...said, "session.id": "" }]);
  await reportEvents(bench, { ...somebody, encoding: "json" }, [said]);
  for (const request of bench.sent.slice(from)) {
    const cut = { ...request, body: request.body.slice(0, -5) };
    const swapped = { ...request, headers: { "content-type": "application/json" } };
    for (const sent of [request, cut, swapped])
      answers.push(await (await bench.send("logs", somebody.secret, sent)).text());
    bench.failWrites(1);
    bench.restart();
    answers.push(await (await bench.send("logs", somebody.secret, request)).text());
  }
  expect(outcomesOf("session-canary")).not.toEqual([]);
  const facts = JSON.stringify(await bench.postgres.db.select().from(outcomeFacts));
  for (const place of [answers.join(), bench.logged.join(), bench.files(), facts])
    expect(place).not.toContain(canary);
  // The search itself finds what is there: the session's id may be kept.
  expect(bench.files()).toContain("session-canary");
});

test("an accepted edit goes the whole way, from the dashboard's port to ClickHouse", async () => {
  const intake = await openIntakeBench();
  try {
    const person = await intake.bench.addPerson();
    const logs = toLogs([
      { timeUnixNano: "1795000000123456789", attributes: toAttributes(event("session-1")) },
    ]);
    const headers = { authorization: `Bearer ${await intake.makeKey(person)}` };
    for (const json of [logs, toLogs([])])
      expect((await intake.post("/otlp/v1/logs", { headers, body: JSON.stringify(json) })).status).toBe(200);
    expect(await intake.outcomes()).toMatchObject([
      {
        kind: "edit_accepted",
        session_id: "session-1",
        person_id: person.personId,
        source: "otlp",
        trust: "low",
        occurred_at: "2026-11-18T11:06:40.123Z",
        credited_at: "2026-11-25T11:06:40.123Z",
      },
    ]);
    expect(await intake.counted()).toEqual({ "otlp accepted": 1, "otlp no_outcome": 1 });
  } finally {
    await intake.close();
  }
}, 60_000);

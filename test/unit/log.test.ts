// A log line holds no content, whatever was thrown.

import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { AppError } from "../../schemas/app-error.ts";
import { createLog } from "../../schemas/log.ts";

const CANARY = "canary7Qx";

function logged(error: unknown): { line: string; err: Record<string, unknown> } {
  const out = new PassThrough();
  createLog("test", out).error({ err: error, secret: CANARY, answer: { headers: CANARY } }, "it failed");
  const line = String(out.read());
  return { line, err: JSON.parse(line).err };
}

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

it.each<[string, unknown]>([
  ["what JSON.parse could not read", thrownBy(() => JSON.parse(CANARY))],
  ["an address that is none", thrownBy(() => new URL(`//${CANARY}`))],
  ["a statement and its parameters", Object.assign(new Error(CANARY), { query: CANARY, params: [CANARY] })],
  ["a message that looks like a place in the code", new Error(`x\n    at ${CANARY}\n    at ${CANARY}`)],
  ["a cause", new AppError("internal", "It failed.", { cause: new Error(CANARY, { cause: CANARY }) })],
  ["no error at all", CANARY],
])("%s is not in it", (_name, error) => {
  expect(logged(error).line).not.toContain(CANARY);
});

it("our own sentences, codes and the places in the code are", () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED"), {
    syscall: "connect",
    code: "ECONNREFUSED",
  });
  const { err } = logged(new AppError("unavailable", "No Postgres answers.", { cause }));
  expect(err).toMatchObject({
    type: "AppError",
    code: "unavailable",
    message: "No Postgres answers.",
    cause: { message: "connect ECONNREFUSED", code: "ECONNREFUSED" },
  });
  expect(err["stack"]).toContainEqual(expect.stringContaining("log.test.ts"));
});

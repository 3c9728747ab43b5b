// What a client says of itself is read from its headers as far as it fits the record, and the rest is unknown.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readClient, readDeclaredClass } from "../../ingest/gateway/clients/client.ts";
import { tokenEventSchema } from "../../schemas/token-event.ts";

describe("the client", () => {
  test.each([
    ["claude-cli/2.1.329 (external, cli)", "claude-code", "2.1.329", "unknown"],
    ["codex_cli_rs/0.169.0 (Linux)", "codex", "0.169.0", "unknown"],
    ["GeminiCLI/0.9.0 (linux; x64)", "gemini-cli", "0.9.0", "unknown"],
    ["OpenAI/JS 7.55.0", "openai-sdk", "7.55.0", "sdk"],
    ["AsyncOpenAI/Python 2.1.0", "openai-sdk", "2.1.0", "sdk"],
    ["Anthropic/JS 1.11.0", "anthropic-sdk", "1.11.0", "sdk"],
    ["google-genai-sdk/3.1.0 gl-node/v26", "google-genai-sdk", "3.1.0", "sdk"],
    ["curl/8.5.0", "curl", "8.5.0", "headless"],
    ["Mozilla/5.0", "unknown", "", "unknown"],
    ["not-claude-cli/1", "unknown", "", "unknown"],
  ])("of %s", (userAgent, client, client_version, entrypoint) => {
    expect(readClient({ "user-agent": userAgent })).toMatchObject({ client, client_version, entrypoint });
  });

  test("that does not say who it is, is unknown", () => {
    expect(readClient({})).toMatchObject({
      client: "unknown",
      session_id: null,
      client_run_id: null,
      agent_id: null,
      client_retry_count: null,
      tags: {},
    });
  });
});

describe("the session", () => {
  test("is the client's own header, and ours before it", () => {
    const native = { "user-agent": "claude-cli/2.1.0", "x-claude-code-session-id": "native" };
    expect(readClient(native).session_id).toBe("native");
    expect(readClient({ ...native, "x-assay-session-id": "ours" }).session_id).toBe("ours");
  });

  test("is not taken from another client's header", () => {
    expect(
      readClient({ "user-agent": "curl/8", "x-claude-code-session-id": "native" }).session_id,
    ).toBeNull();
  });
});

test("a retry count is a small whole number", () => {
  const given = ["0", "3", "999999", "1000000", "-1", "1.5", "x", ""];
  const read = given.map((value) => readClient({ "x-stainless-retry-count": value }).client_retry_count);
  expect(read).toEqual([0, 3, 999_999, null, null, null, null, null]);
});

const readTags = (value: string): Record<string, string> => readClient({ "x-assay-tags": value }).tags;

describe("tags", () => {
  test("are names and values", () => {
    expect(readTags(" team=search , ticket=a=b,alone,,")).toEqual({
      team: "search",
      ticket: "a=b",
      alone: "",
    });
  });

  test("are never an object's own nature", () => {
    expect(Object.getPrototypeOf(readTags("__proto__=x,constructor=y"))).toBe(Object.prototype);
    expect(readTags("constructor=y")).toEqual({ constructor: "y" });
  });
});

test("a declared class is one of the list", () => {
  expect(readDeclaredClass({ "x-assay-class": "ci" })).toBe("ci");
  expect(readDeclaredClass({ "x-assay-class": "CI" })).toBeNull();
  expect(readDeclaredClass({})).toBeNull();
});

test("whatever the headers hold, it fits the record", () => {
  const names = [
    "user-agent",
    "x-assay-session-id",
    "x-assay-run-id",
    "x-assay-agent",
    "x-assay-tags",
    "x-stainless-retry-count",
  ] as const;
  const character = fc.constantFrom("a", "=", ",", " ", "_", "/", "é", "1", "x".repeat(300));
  const value = fc.oneof(
    fc.string({ unit: character }),
    fc.constantFrom("claude-cli/", "__proto__=1", "curl/1").map((text) => text + "9".repeat(400)),
  );
  const schema = tokenEventSchema.pick({
    client: true,
    client_version: true,
    entrypoint: true,
    session_id: true,
    client_run_id: true,
    agent_id: true,
    client_retry_count: true,
    tags: true,
  });
  fc.assert(
    fc.property(fc.record(Object.fromEntries(names.map((name) => [name, value]))), (headers) => {
      const facts = readClient(headers);
      expect(schema.parse(JSON.parse(JSON.stringify(facts)))).toEqual(facts);
    }),
  );
});

// What a client says of itself is read from its headers as far as it fits the record, and the rest is unknown.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { draftOf } from "../clients/draft.ts";

const readClient = (headers: Record<string, string>): TokenEvent => draftOf({ headers });

describe("the client", () => {
  test.each([
    ["claude-cli/2.1.329 (external, cli)", "claude-code", "2.1.329", "interactive"],
    ["claude-cli/2.1.329 (external, sdk-ts, agent-sdk/0.3.329)", "claude-code", "2.1.329", "sdk"],
    ["claude-cli/2.1.329 (external, sdk-cli, client-app/own/1.0)", "claude-code", "2.1.329", "headless"],
    ["claude-code/2.1.329", "claude-code", "2.1.329", "unknown"],
    ["cc-gateway/1.2", "claude-code", "", "unknown"],
    ["codex_cli_rs/0.169.0 (Linux)", "codex", "0.169.0", "interactive"],
    ["codex_exec/0.169.0 (Debian 12.0.0; x86_64)", "codex", "0.169.0", "headless"],
    ["codex-cli", "codex", "", "unknown"],
    ["opencode/1.18.33 ai-sdk/provider-utils/4.0.23", "opencode", "1.18.33", "unknown"],
    ["GitHubCopilotChat/0.40.1", "copilot", "0.40.1", "interactive"],
    ["Kilo-Code/4.1.0", "kilo-code", "4.1.0", "unknown"],
    ["Zed/0.210.0 (linux)", "zed", "0.210.0", "interactive"],
    ["Charm Crush/0.9", "crush", "0.9", "unknown"],
    ["Agents/JavaScript 0.20.0", "openai-agents", "0.20.0", "sdk"],
    ["langchainjs-openai/1.0.0 ((node/v24.21.0; linux; x64))", "langchain", "1.0.0", "sdk"],
    ["ai/7.0.173 ai-sdk-provider-utils/5.0.81", "vercel-ai-sdk", "7.0.173", "sdk"],
    ["ai-sdk/openai-compatible/2.0.87 ai-sdk/provider-utils/4.0.62", "vercel-ai-sdk", "2.0.87", "sdk"],
    ["ai-sdk-openai/4.0.118 ai-sdk-provider-utils/5.0.81", "vercel-ai-sdk", "4.0.118", "sdk"],
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

  test("is known by a header of its own where its user agent is a browser's", () => {
    const headers = { "user-agent": "connect-es/1.6.1", "x-cursor-client-version": "2.1.0" };
    expect(readClient(headers)).toMatchObject({ client: "cursor", client_version: "2.1.0" });
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
  const classes = ["ci", "CI", "", "admin"].map(
    (word) => readClient({ "x-assay-class": word }).workload_class,
  );
  expect(classes).toEqual(["ci", null, null, null]);
});

test("whatever the headers hold, it fits the record", () => {
  const names = [
    "user-agent",
    "x-assay-session-id",
    "x-assay-run-id",
    "x-assay-agent",
    "x-assay-tags",
    "x-stainless-retry-count",
    "x-claude-code-session-id",
    "x-codex-turn-metadata",
    "x-litellm-session-id",
    "traceparent",
  ] as const;
  const character = fc.constantFrom("a", "=", ",", " ", "_", "/", "é", "1", "x".repeat(300));
  const value = fc.oneof(
    fc.string({ unit: character }),
    fc.constantFrom("claude-cli/", "__proto__=1", "curl/1").map((text) => text + "9".repeat(400)),
  );
  fc.assert(
    fc.property(fc.record(Object.fromEntries(names.map((name) => [name, value]))), (headers) => {
      // The draft is parsed as the record that it is; what does not fit throws.
      expect(readClient(headers)).toMatchObject({ schema_version: 1 });
    }),
  );
});

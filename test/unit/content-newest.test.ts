// What is new in a request, as the request's path finds it without parsing the body.

import { describe, expect, it } from "vitest";
import { readNewest } from "../../ingest/gateway/content/newest.ts";
import { scanObject } from "../../ingest/gateway/json-scan.ts";
import type { Api } from "../../schemas/closed-lists.ts";

function newestOf(api: Api, request: object) {
  const body = Buffer.from(JSON.stringify(request));
  const members = scanObject(body);
  return members && readNewest(api, body, members);
}

describe("the newest of a request", () => {
  it("is the prompt behind the last answer, whatever came before", () => {
    const messages = [
      { role: "user", content: "old" },
      { role: "assistant", content: "answer" },
      { role: "user", content: 'new "one"' },
    ];
    expect(newestOf("chat", { messages })).toEqual({ hasToolResults: false, texts: ['new "one"'] });
  });

  it("is what tools returned, in each interface's form", () => {
    const results: [Api, object][] = [
      [
        "chat",
        {
          messages: [
            { role: "assistant", tool_calls: [] },
            { role: "tool", content: "x" },
          ],
        },
      ],
      ["messages", { messages: [{ role: "user", content: [{ type: "tool_result", content: "x" }] }] }],
      ["responses", { input: [{ type: "function_call" }, { type: "function_call_output", output: "x" }] }],
      ["responses", { input: [{ type: "custom_tool_call" }, { type: "custom_tool_call_output" }] }],
      ["generate", { contents: [{ role: "user", parts: [{ functionResponse: { name: "f" } }] }] }],
    ];
    for (const [api, request] of results) {
      expect(newestOf(api, request), api).toEqual({ hasToolResults: true, texts: [] });
    }
  });

  it("holds each text of a message, also beside results and around what a client adds behind them", () => {
    const content = [
      { type: "text", text: "reminder" },
      { type: "tool_result", content: "x" },
      { type: "text", text: "prompt", cache_control: { type: "ephemeral" } },
    ];
    const messages = [
      { role: "assistant", content: "a" },
      { role: "user", content },
      { role: "system", content: "s" },
    ];
    expect(newestOf("messages", { messages })).toEqual({
      hasToolResults: true,
      texts: ["reminder", "prompt"],
    });
    const input = [
      { type: "reasoning" },
      { type: "message", role: "user", content: [{ type: "input_text", text: "environment" }] },
      { role: "user", content: "prompt" },
    ];
    expect(newestOf("responses", { input })?.texts).toEqual(["environment", "prompt"]);
    expect(newestOf("responses", { input: "alone" })?.texts).toEqual(["alone"]);
    expect(newestOf("generate", { contents: [{ parts: [{ text: "hello" }] }] })?.texts).toEqual(["hello"]);
  });

  it("is unknown without messages, and bounded with too many of them", () => {
    expect(newestOf("embeddings", { input: "x" })).toBeUndefined();
    expect(newestOf("chat", { messages: "odd" })).toBeUndefined();
    expect(newestOf("chat", { messages: [7] })).toEqual({ hasToolResults: false, texts: [] });
    const messages = Array.from({ length: 5000 }, (_, at) => ({ role: "user", content: `prompt ${at}` }));
    const newest = newestOf("chat", { messages });
    expect(newest?.texts.length).toBeLessThanOrEqual(64);
    expect(newest?.texts.at(-1)).toBe("prompt 4999");
  });
});

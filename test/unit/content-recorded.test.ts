// What recorded answers of providers are read as.

import { describe, expect, it } from "vitest";
import { contentReaderOf } from "../../ingest/gateway/content/all-interfaces.ts";
import { chat } from "../../ingest/gateway/content/chat.ts";
import { generate } from "../../ingest/gateway/content/generate.ts";
import { readDocuments } from "../../ingest/gateway/content/documents.ts";
import { decodeBody } from "../services/fixtures-decode.ts";
import { fixturesAvailable, recordedFixtures } from "../services/fixtures.ts";

describe.skipIf(!fixturesAvailable)("a recorded answer", () => {
  const answers = recordedFixtures().flatMap(({ file, api, status, framing, headers, body }) => {
    const reader = status === 200 && framing !== "eventstream" ? contentReaderOf(api) : undefined;
    const [, encoding] = headers.find(([name]) => name.toLowerCase() === "content-encoding") ?? [];
    return reader ? [{ file, parts: reader.readAnswer(readDocuments(decodeBody(body, encoding))) }] : [];
  });
  const calls = answers.flatMap(({ file, parts }) =>
    parts.flatMap((part) => (part.kind === "tool_call" ? [{ file, ...part }] : [])),
  );

  it("has each tool call once, with its name and arguments that are JSON", () => {
    expect(calls.length).toBeGreaterThan(100);
    expect(calls.filter(({ name }) => name === "")).toEqual([]);
    // An answer that was cut off, and tools that take a text of their own format.
    const texts = calls.filter(({ arguments: given }) => typeof given === "string").map(({ name }) => name);
    expect(new Set(texts)).toEqual(new Set(["get_weather", "exec", "make_file", "write_sql"]));
  });
});

function piece(jsonPath: string, value: object): object {
  return { partialArgs: [{ jsonPath, ...value }] };
}

it("arguments that come in pieces are put together, wherever each stands", () => {
  const calls = [
    { name: "book", willContinue: true },
    piece("$.to.city", { stringValue: "Bo" }),
    piece("$.to.city", { stringValue: "nn" }),
    piece("$.seats[1].row", { numberValue: 4 }),
    piece("$.__proto__.polluted", { boolValue: true }),
    {},
    { name: "pay", args: { now: true } },
  ];
  const documents = calls.map((functionCall) => ({
    candidates: [{ content: { parts: [{ functionCall }] } }],
  }));
  expect(generate.readAnswer(documents)).toEqual([
    {
      kind: "tool_call",
      id: null,
      name: "book",
      arguments: { to: { city: "Bonn" }, seats: [undefined, { row: 4 }] },
    },
    { kind: "tool_call", id: null, name: "pay", arguments: { now: true } },
  ]);
  expect("polluted" in {}).toBe(false);
});

it("calls that all have the first number are told apart by their ids", () => {
  const toolCalls = ["a", "b"].map((id) => ({
    index: 0,
    id,
    function: { name: "f", arguments: `{"of":"${id}"}` },
  }));
  const documents = toolCalls.map((call) => ({ choices: [{ delta: { tool_calls: [call] } }] }));
  expect(chat.readAnswer(documents)).toEqual(
    ["a", "b"].map((id) => ({ kind: "tool_call", id, name: "f", arguments: { of: id } })),
  );
});

it("members that are null say nothing", () => {
  const delta = { content: "a", refusal: null, tool_calls: null, function_call: null };
  expect(chat.readAnswer([{ choices: [{ delta }] }, { choices: null }])).toEqual([
    { kind: "text", text: "a" },
  ]);
});

// Captured requests of real clients (`../shared/fixtures/clients/identity.jsonl`), made whole again as far as the gateway looks: their
// headers and ids are real, messages and tools are as many as there were, and what the captures leave out of a text is put back where
// a client is known by it (captured-requests.md says which). And the table of what they are expected to be.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { TestRequest } from "./draft.ts";

const FILE = join(import.meta.dirname, "..", "..", "..", "shared", "fixtures", "clients", "identity.jsonl");
const TABLE_FILE = join(import.meta.dirname, "captured-requests.md");

/** Whether this machine has the captures. */
export const capturesAvailable = existsSync(FILE);

const captureSchema = z.object({
  client: z.string(),
  tag: z.string(),
  n: z.int(),
  method: z.string(),
  url: z.string(),
  rawHeaders: z.array(z.string()).default([]),
  body: z.record(z.string(), z.unknown()).nullish(),
});
type Captured = z.infer<typeof captureSchema>;

export interface Capture {
  /** Client and tag: one run of one client, as the table names it. */
  name: string;
  n: number;
  /** All that was captured, in which every id stands whole. */
  text: string;
  request: TestRequest;
}

export function readCaptures(): Capture[] {
  const captured = readFileSync(FILE, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => captureSchema.parse(JSON.parse(line)));
  return captured.map((capture) => {
    const upgrade = captured.find((other) => nameOf(other) === nameOf(capture) && isUpgrade(other));
    const headers = headersOf(capture.method === "WS-FRAME" && upgrade ? upgrade : capture);
    return {
      name: nameOf(capture),
      n: capture.n,
      text: JSON.stringify(capture).replaceAll("\\", ""),
      request: { method: methodOf(capture), url: capture.url, headers, body: bodyOf(capture) },
    };
  });
}

/** A row of the table; '' where nothing may be said. */
export interface ExpectedRow {
  capture: string;
  calls: number[];
  client: string;
  kind: string;
  ids: Readonly<Record<"session" | "turn" | "agent" | "parentAgent" | "parentSession" | "run", string>>;
  tags: string[];
}

export function readExpectations(): ExpectedRow[] {
  const rows = readFileSync(TABLE_FILE, "utf8")
    .split("\n")
    .filter((line) => /^\| (?!capture|-)/.test(line));
  return rows.map((row) => {
    const cells = row.split("|").map((cell) => cell.trim());
    const [, capture = "", calls = "", client = "", kind = "", session = "", turn = "", agent = ""] = cells;
    const [parentAgent = "", parentSession = "", run = "", tags = ""] = cells.slice(8);
    const ids = { session, turn, agent, parentAgent, parentSession, run };
    return { capture, calls: parseCalls(calls), client, kind, ids, tags: tags.split(" ").filter(Boolean) };
  });
}

/** `1-3 5` */
function parseCalls(calls: string): number[] {
  return calls.split(" ").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

function nameOf({ client, tag }: Captured): string {
  return `${client} ${tag}`.trim();
}

function isUpgrade({ method }: Captured): boolean {
  return method === "GET(upgrade)";
}

function methodOf(capture: Captured): string {
  if (isUpgrade(capture)) return "GET";
  return capture.method === "WS-FRAME" ? "POST" : capture.method;
}

function headersOf({ rawHeaders }: Captured): Record<string, string> {
  const pairs = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ""]] : [],
  );
  return Object.fromEntries(pairs);
}

function bodyOf(capture: Captured): object {
  const { tools_count, turns, system0, ...fields } = capture.body ?? {};
  const tools = Array.from({ length: Number(tools_count ?? 0) }, () => ({}));
  const message = { role: "user", content: "", parts: [] };
  const messages = Array.from({ length: Number(turns ?? 0) }, () => message);
  const [system, surroundings] = textsOf(capture);
  const prompt = system ?? system0 ?? "";
  const newest = { ...message, content: surroundings ?? "", parts: [{ text: surroundings ?? "" }] };
  const { url } = capture;
  const conversation = [...messages, newest];
  if (url.includes("/messages")) return { ...fields, system: prompt, messages: conversation, tools };
  if (url.includes("/responses")) return { ...fields, instructions: prompt, input: conversation, tools };
  if (url.includes("/models/")) {
    return { ...fields, systemInstruction: { parts: [{ text: prompt }] }, contents: conversation, tools };
  }
  const first = { role: "system", content: prompt };
  return { ...fields, messages: [first, ...conversation], tools };
}

/** How a client that no header names introduces itself, and the line that OpenClaw puts beside the newest words. */
function textsOf(capture: Captured): [system: string | undefined, surroundings: string | undefined] {
  const name = nameOf(capture);
  if (name.startsWith("cline")) return ["You are Cline, an AI coding agent.", undefined];
  if (!name.startsWith("openclaw") && name !== "tool-env ow") return [undefined, undefined];
  const isSubagent = name === "openclaw-gw gw-sub" && (capture.n === 3 || capture.n === 4);
  const key = isSubagent ? "agent:main:subagent:sub-1" : "agent:main:explicit:main";
  const surroundings = `Runtime: agent=main | session=${key} | sessionId=in-its-text | host=h | model=m`;
  return ["You are a personal assistant running inside OpenClaw.", surroundings];
}

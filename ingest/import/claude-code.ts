// Transcripts of Claude Code: a file a session, and files of its sub-agents in folders beside it, as versions 1 and 2 write them.
//
// An answer is written block by block, each line with the answer's id and its usage as far as it was known then: the last one that
// tells the most stands. What the call answered is found by `parentUuid`, which leads from line to line.
//
// A session that was forked, or resumed by an older version, repeats the earlier one's lines in a file of its own, with the same
// ids and times under its own session; older versions wrote a sub-agent's lines into its parent's file too. The rank finds
// the copy that was written when the call was made: a note of the request stands before it there, and it knows its agent.
//
// Left out: what the client made up itself (model `<synthetic>`, errors of the interface), for which nothing was called.

import type { TokenEvent } from "../../schemas/token-event.ts";
import { countOf, isRecord } from "../gateway/json-scan.ts";
import { anthropic } from "../gateway/providers/anthropic.ts";
import type { AnswerReader } from "../gateway/providers/provider.ts";
import { createToolLog, type ToolCall, type ToolResult } from "./transcript-tools.ts";
import {
  textOf,
  timeOf,
  toEventId,
  toTranscriptEvent,
  type JsonLine,
  type TranscriptCall,
  type TranscriptFormat,
  type TranscriptReader,
} from "./transcript.ts";

export const claudeCode: TranscriptFormat = {
  title: "Claude Code",
  isTranscript: (name) => name.endsWith(".jsonl"),
  createReader: createClaudeCodeReader,
};

/** What a line hands on to those that follow it. */
interface Link {
  atMs: number | undefined;
  promptId: string | null;
  trigger: TokenEvent["trigger"];
  /** The answer whose tool calls the line has results of. */
  askedBy: string | undefined;
}

interface OpenCall {
  /** Its first line. */
  line: JsonLine;
  startedAtMs: number;
  answered: Link | undefined;
  answer: AnswerReader;
  outputTokens: number;
  tools: Map<string, ToolCall>;
}

const NO_LINK: Link = { atMs: undefined, promptId: null, trigger: "unknown", askedBy: undefined };

function createClaudeCodeReader(): TranscriptReader {
  const links = new Map<string, Link>();
  const calls = new Map<string, OpenCall>();
  const requests = new Set<string>();
  const tools = createToolLog();

  function readUser(line: JsonLine, before: Link): Link {
    const results = contentOf(line).filter(({ type }) => type === "tool_result");
    const asked = results.map((result) =>
      tools.addResult(textOf(result["tool_use_id"]), result["is_error"] === true ? "error" : "ok"),
    );
    return {
      atMs: timeOf(line["timestamp"]),
      promptId: textOf(line["promptId"]) ?? before.promptId,
      trigger: results.length > 0 ? "tool" : triggerOf(line, before.trigger),
      askedBy: asked.find((call) => call !== undefined),
    };
  }

  function readAssistant(line: JsonLine, before: Link | undefined): void {
    const message = line["message"];
    const id = isRecord(message) ? (textOf(message["id"]) ?? textOf(line["uuid"])) : null;
    if (!isRecord(message) || !isRecord(message["usage"]) || id === null) return;
    if (message["model"] === "<synthetic>" || line["isApiErrorMessage"] === true) return;
    const call = calls.get(id) ?? openCall(line, before);
    if (call === undefined) return;
    calls.set(id, call);
    const output = countOf(message["usage"], "output_tokens") ?? 0;
    if (output >= call.outputTokens) {
      call.outputTokens = output;
      const { model, stop_reason, usage } = message;
      call.answer.readBody(Buffer.from(JSON.stringify({ id: message["id"], model, stop_reason, usage })));
    }
    for (const block of contentOf(line)) {
      const [name, callId] = [textOf(block["name"]), textOf(block["id"])];
      if (block["type"] !== "tool_use" || name === null || callId === null) continue;
      call.tools.set(callId, { name, id: callId });
      tools.addCall(callId, id);
    }
  }

  return {
    read(line) {
      const before = links.get(String(line["parentUuid"]));
      if (line["type"] === "api-request") requests.add(String(line["id"]));
      if (line["type"] === "assistant") readAssistant(line, before);
      const link = line["type"] === "user" ? readUser(line, before ?? NO_LINK) : toLink(line, before);
      if (typeof line["uuid"] === "string") links.set(line["uuid"], link);
    },
    calls: () =>
      [...calls].map(([id, call]) =>
        toCall(id, call, {
          results: tools.resultsOf(call.answered?.askedBy),
          isRequestNoted: requests.has(String(call.line["requestRef"])),
        }),
      ),
  };
}

/** Undefined for a line that does not say when it was written. */
function openCall(line: JsonLine, answered: Link | undefined): OpenCall | undefined {
  const writtenAtMs = timeOf(line["timestamp"]);
  if (writtenAtMs === undefined) return undefined;
  return {
    line,
    // The request went out when what it answers was there; its own line was written when the first block was whole.
    startedAtMs: Math.min(answered?.atMs ?? writtenAtMs, writtenAtMs),
    answered,
    answer: anthropic.createReader({ api: "messages", requestKind: "main", isMetered: true }),
    outputTokens: 0,
    tools: new Map(),
  };
}

/** Of lines that stand between a prompt and its answer, and of answers, which a following answer continues. */
function toLink(line: JsonLine, before: Link = NO_LINK): Link {
  const atMs = timeOf(line["timestamp"]) ?? before.atMs;
  return line["type"] === "assistant" ? { ...NO_LINK, atMs, promptId: before.promptId } : { ...before, atMs };
}

const TRIGGER_OF_ORIGIN: ReadonlyMap<unknown, TokenEvent["trigger"]> = new Map([
  ["human", "human"],
  // That a sub-agent or a command in the background is done.
  ["task-notification", "tool"],
  ["peer", "agent"],
  ["coordinator", "agent"],
  ["auto-continuation", "schedule"],
]);

/** Who wrote a line of role user that holds no results. */
function triggerOf(line: JsonLine, before: TokenEvent["trigger"]): TokenEvent["trigger"] {
  if (line["isMeta"] === true) return before;
  if (line["isCompactSummary"] === true) return "unknown";
  if (isOfSubagent(line)) return "agent";
  if (isRecord(line["origin"])) return TRIGGER_OF_ORIGIN.get(line["origin"]["kind"]) ?? "unknown";
  return entrypointOf(line) === "interactive" ? "human" : "unknown";
}

const ENTRYPOINTS: ReadonlyMap<unknown, TokenEvent["entrypoint"]> = new Map([
  ["cli", "interactive"],
  ["claude-vscode", "interactive"],
  ["claude-desktop", "interactive"],
  ["sdk-cli", "headless"],
  ["claude-code-github-action", "headless"],
  ["sdk-ts", "sdk"],
  ["sdk-py", "sdk"],
]);

function entrypointOf(line: JsonLine): TokenEvent["entrypoint"] {
  return ENTRYPOINTS.get(line["entrypoint"]) ?? "unknown";
}

function isOfSubagent(line: JsonLine): boolean {
  return line["isSidechain"] === true || textOf(line["agentId"]) !== null;
}

function sessionOf(line: JsonLine): string | null {
  const forkedFrom = isRecord(line["forkedFrom"]) ? line["forkedFrom"]["sessionId"] : undefined;
  return textOf(line["requestSessionId"]) ?? textOf(forkedFrom) ?? textOf(line["sessionId"]);
}

function contentOf({ message }: JsonLine): Record<string, unknown>[] {
  const content = isRecord(message) ? message["content"] : undefined;
  return Array.isArray(content) ? content.filter(isRecord) : [];
}

function toCall(
  id: string,
  { line, startedAtMs, answered, answer, outputTokens, tools }: OpenCall,
  { results, isRequestNoted }: { results: readonly ToolResult[]; isRequestNoted: boolean },
): TranscriptCall {
  const { reading } = answer;
  // Lines that were written while the answer still came know neither why it ended nor how long it got.
  const isFinal = reading.stopReason !== null;
  const event = toTranscriptEvent(
    {
      event_id: toEventId(`claude-code ${id}`),
      started_at: new Date(startedAtMs).toISOString(),
      client: "claude-code",
      client_version: textOf(line["version"]) ?? "",
      entrypoint: entrypointOf(line),
      session_id: sessionOf(line),
      turn_id: answered?.promptId ?? null,
      agent_id: textOf(line["agentId"]),
      request_id: textOf(line["requestId"]),
      request_kind: isOfSubagent(line) ? "subagent" : "main",
      trigger: answered?.trigger ?? "unknown",
      provider: "anthropic",
      api: "messages",
      model_requested: textOf(line["requestedModel"]) ?? reading.modelServed,
      effort: textOf(line["effort"]),
    },
    anthropic,
    { ...reading, isFinal },
  );
  const isCopied = line["forkedFrom"] !== undefined;
  return {
    event,
    tools: [...tools.values()],
    results,
    rank: [
      Number(isFinal),
      outputTokens,
      Number(isRequestNoted),
      Number(!isCopied),
      Number(line["isSidechain"] !== true),
      Number(line["agentId"] !== undefined),
      sessionOf(line) ?? "",
    ],
  };
}

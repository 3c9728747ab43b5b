// The items of a rollout between one count of tokens and the next: what a call was sent, and what it answered.
//
// Items come in the order of the conversation, but a result may be written before the tokens of the call that asked for it are
// counted: what is sent after a call has answered is the next one's.

import type { ResultState } from "../../schemas/closed-lists.ts";
import { isRecord } from "../gateway/json-scan.ts";
import type { ToolCall, ToolResult } from "./transcript-tools.ts";
import { textOf, type JsonLine } from "./transcript.ts";

interface Items {
  /** When the newest thing was there that the call was sent; undefined before there was any. */
  startedAtMs: number | undefined;
  asked: ToolCall[];
  results: ToolResult[];
}

export interface CodexTools {
  /** Any line that counts no tokens. */
  read(type: unknown, payload: JsonLine, atMs: number): void;
  /** What belongs to the call whose tokens are counted now. */
  endCall(): Items;
}

const ASKED = new Set(["function_call", "custom_tool_call", "local_shell_call"]);
const RESULTS = new Set(["function_call_output", "custom_tool_call_output"]);

export function createCodexTools(): CodexTools {
  const states = new Map<string, ResultState>();
  let items = emptyItems();
  let next = emptyItems();
  let isAnswered = false;

  function readItem(item: JsonLine, atMs: number): void {
    const kind = String(item["type"]);
    const callId = textOf(item["call_id"]);
    if (RESULTS.has(kind) || item["role"] === "user") {
      const sent = isAnswered ? next : items;
      sent.startedAtMs = atMs;
      if (callId !== null) sent.results.push({ callId, state: states.get(callId) ?? "unknown" });
      return;
    }
    if (kind === "reasoning" || item["role"] === "assistant" || ASKED.has(kind)) isAnswered = true;
    const name = textOf(item["name"]) ?? (kind === "local_shell_call" ? "local_shell" : null);
    if (ASKED.has(kind) && callId !== null && name !== null) items.asked.push({ id: callId, name });
  }

  return {
    read(type, payload, atMs) {
      if (type === "response_item") readItem(payload, atMs);
      else if (type === "event_msg") readEnd(payload, states);
    },
    endCall() {
      const ended = items;
      items = next;
      next = emptyItems();
      isAnswered = false;
      return ended;
    },
  };
}

/** How a command or a tool ended, which the event tells that comes before its result. */
function readEnd(event: JsonLine, states: Map<string, ResultState>): void {
  const ended = event["type"] === "item_completed" && isRecord(event["item"]) ? event["item"] : event;
  const callId = textOf(ended["call_id"]) ?? textOf(ended["id"]);
  const { exit_code: exitCode, success, status } = ended;
  if (callId === null) return;
  if (typeof exitCode === "number") states.set(callId, exitCode === 0 ? "ok" : "error");
  else if (typeof success === "boolean") states.set(callId, success ? "ok" : "error");
  else if (status === "completed" || status === "failed")
    states.set(callId, status === "failed" ? "error" : "ok");
}

function emptyItems(): Items {
  return { startedAtMs: undefined, asked: [], results: [] };
}

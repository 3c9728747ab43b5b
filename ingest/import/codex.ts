// Rollouts of Codex: a file a thread, of lines `{timestamp, type, payload}`. (Written by versions 0.5x to 0.169.)
//
// What a response used stands in a `token_usage_record` with the response's id; before that was written, in a `token_count` event
// alone, which also comes again whenever something else has changed: there a call is where the thread's total has changed. A
// resumed thread goes on in its own file. One that was forked, or was spawned with its parent's history, may begin with a copy of
// it under new times; those calls are left to the parent's own file.

import type { TokenEvent } from "../../schemas/token-event.ts";
import { countOf, isRecord } from "../gateway/json-scan.ts";
import { openai } from "../gateway/providers/openai.ts";
import type { Reading } from "../gateway/providers/provider.ts";
import { createCodexItemReader, triggerOfItems } from "./codex-items.ts";
import { isCopied, readThread, type RolloutThread } from "./codex-thread.ts";
import { createContentWindow, type CallContent } from "./content-window.ts";
import type { DescribeContent } from "./transcript-features.ts";
import {
  textOf,
  timeOf,
  toEventId,
  toTranscriptEvent,
  type JsonLine,
  type TranscriptFormat,
  type TranscriptReader,
} from "./transcript.ts";

export const codex: TranscriptFormat = {
  title: "Codex",
  isTranscript: (name) => /^rollout-.*\.jsonl(\.gz|\.zst)?$/.test(name),
  createReader: createCodexReader,
};

/** What a turn says that its calls have in common. */
interface Turn {
  id: string | null;
  rootId: string | null;
  model: string | null;
  effort: string | null;
}

function createCodexReader(describe: DescribeContent): TranscriptReader {
  const calls: { event: TokenEvent; content: CallContent }[] = [];
  const window = createContentWindow(describe);
  const items = createCodexItemReader(window);
  let thread: RolloutThread | undefined;
  let turn: Turn = { id: null, rootId: null, model: null, effort: null };
  let total = "";

  function addCall(usage: JsonLine, responseId: string | null, atMs: number): void {
    const { startedAtMs = atMs, sent, answered } = items.endCall();
    if (!thread || isCopied(thread, turn.id, atMs)) return;
    const name = responseId === null ? `${thread.id} ${total}` : responseId;
    const event = toTranscriptEvent(
      {
        event_id: toEventId(`codex ${name}`),
        started_at: new Date(startedAtMs).toISOString(),
        ...attribute(thread, turn),
        trigger: triggerOfItems(sent, thread.trigger),
      },
      openai,
      readUsage(usage, responseId, turn.model),
    );
    calls.push({ event, content: window.open(event, sent, answered) });
  }

  function readTokenCount(info: unknown, atMs: number): void {
    if (!isRecord(info) || !isRecord(info["total_token_usage"]) || !isRecord(info["last_token_usage"]))
      return;
    const now = toVector(info["total_token_usage"]);
    if (now === total) return;
    total = now;
    addCall(info["last_token_usage"], null, atMs);
  }

  function readPayload(type: unknown, payload: JsonLine, atMs: number): void {
    if (type === "session_meta") {
      // Those of its ancestors may follow.
      if (thread) thread.isForked ||= payload["id"] !== thread.id;
      else thread = readThread(payload, atMs);
    } else if (type === "turn_context") {
      turn = readTurn(payload, turn);
    } else if (type === "event_msg" && payload["type"] === "task_started") {
      turn = { ...turn, id: textOf(payload["turn_id"]), rootId: textOf(payload["root_turn_id"]) };
    } else if (type === "event_msg" && payload["type"] === "token_count") {
      readTokenCount(payload["info"], atMs);
    } else if (type === "token_usage_record" && isRecord(payload["usage"])) {
      total = toVector(isRecord(payload["thread_token_usage"]) ? payload["thread_token_usage"] : {});
      addCall(payload["usage"], textOf(payload["response_id"]), atMs);
    } else if (type === "response_item" && thread && !isCopied(thread, turn.id, atMs)) {
      items.read(payload, atMs);
    }
  }

  return {
    read(line) {
      const atMs = timeOf(line["timestamp"]);
      if (atMs !== undefined && isRecord(line["payload"])) readPayload(line["type"], line["payload"], atMs);
    },
    calls() {
      window.close();
      return calls.map(({ event, content }) => ({ event, features: content.features ?? {}, rank: [] }));
    },
  };
}

function attribute(thread: RolloutThread, turn: Turn): Partial<TokenEvent> {
  return {
    client: "codex",
    client_version: thread.version,
    entrypoint: thread.entrypoint,
    session_id: thread.sessionId,
    turn_id: turn.rootId ?? turn.id,
    agent_id: thread.id === thread.sessionId ? null : thread.id,
    parent_agent_id: thread.parentId === thread.sessionId ? null : thread.parentId,
    request_kind: thread.requestKind,
    provider: "openai",
    api: "responses",
    model_requested: turn.model,
    effort: turn.effort,
  };
}

function readTurn(payload: JsonLine, before: Turn): Turn {
  const mode = payload["collaboration_mode"];
  const settings = isRecord(mode) && isRecord(mode["settings"]) ? mode["settings"] : {};
  const id = textOf(payload["turn_id"]);
  return {
    id: id ?? before.id,
    rootId: textOf(payload["root_turn_id"]) ?? (id === null || id === before.id ? before.rootId : null),
    model: textOf(payload["model"]),
    effort: textOf(payload["effort"]) ?? textOf(settings["reasoning_effort"]),
  };
}

const COUNTS = [
  "input_tokens",
  "cached_input_tokens",
  "cache_write_input_tokens",
  "output_tokens",
  "reasoning_output_tokens",
  "total_tokens",
] as const;

/** Older versions know fewer of the counts; what is absent is the same as nothing. */
function toVector(usage: JsonLine): string {
  return COUNTS.map((name) => countOf(usage, name) ?? 0).join(" ");
}

/** As the provider itself reported it, in whose words Codex has renamed the details. */
function readUsage(usage: JsonLine, responseId: string | null, model: string | null): Reading {
  const reader = openai.createReader({ api: "responses", requestKind: "main", isMetered: true });
  const body = {
    id: responseId,
    model,
    status: "completed",
    usage: {
      input_tokens: countOf(usage, "input_tokens"),
      input_tokens_details: {
        cached_tokens: countOf(usage, "cached_input_tokens"),
        cache_write_tokens: countOf(usage, "cache_write_input_tokens"),
      },
      output_tokens: countOf(usage, "output_tokens"),
      output_tokens_details: { reasoning_tokens: countOf(usage, "reasoning_output_tokens") },
      total_tokens: countOf(usage, "total_tokens"),
    },
  };
  reader.readBody(Buffer.from(JSON.stringify(body)));
  return reader.reading;
}

// Transcripts of Claude Code: a file a session, and files of its sub-agents in folders beside it. (Written by versions 1 to 2.1.329.)
//
// An answer is written block by block, each line with the answer's id and its usage as far as it was known then: the last one that
// tells the most stands. What the call answered is found by `parentUuid`, which leads from line to line.
//
// A session that was forked, or resumed by an older version, repeats the earlier one's lines in a file of its own, with the same
// ids and times under its own session; older versions wrote a sub-agent's lines into its parent's file too. The rank finds
// the copy that was written when the call was made: a note of the request stands before it there, and it knows its agent.

import type { TokenEvent } from "../../schemas/token-event.ts";
import { countOf } from "../gateway/json-scan.ts";
import { anthropic } from "../gateway/providers/anthropic.ts";
import type { AnswerReader } from "../gateway/providers/provider.ts";
import { answerOf, blocksOf, entrypointOf, isOfSubagent, sessionOf, triggerOf } from "./claude-code-line.ts";
import { createContentWindow, type CallContent, type ContentWindow } from "./content-window.ts";
import type { DescribeContent } from "./transcript-features.ts";
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
  besideOf: (file) => file.replace(/\.jsonl$/, ".meta.json"),
  createReader: (describe, beside) => new ClaudeCodeReader(describe, textOf(beside["parentAgentId"])),
};

/** What a line hands on to those that follow it. */
interface Link {
  atMs: number | undefined;
  promptId: string | null;
  trigger: TokenEvent["trigger"];
  /** The answer whose tool calls the line has results of. */
  askedBy: OpenCall | undefined;
  /** Blocks of texts since the last answer. */
  texts: readonly JsonLine[];
}

const NO_LINK: Link = { atMs: undefined, promptId: null, trigger: "unknown", askedBy: undefined, texts: [] };
/** Lines that may be followed by a further one. A conversation goes on at its end, or at a prompt, which brings what it needs. */
const LINKS_MAX = 1000;

interface OpenCall {
  /** Its first line. */
  line: JsonLine;
  turnId: string | null;
  answer: AnswerReader;
  outputTokens: number;
  content: CallContent;
  /** Blocks of the results of its tool calls, until they are sent. */
  results: JsonLine[];
}

class ClaudeCodeReader implements TranscriptReader {
  readonly #window: ContentWindow;
  readonly #parentAgentId: string | null;
  readonly #links = new Map<string, Link>();
  readonly #calls = new Map<string, OpenCall>();
  /** By the ids of tool calls. */
  readonly #askers = new Map<string, OpenCall>();
  readonly #requests = new Set<string>();

  /** @param parentAgentId of the sub-agent that started the one whose file it is; null: the main one did */
  constructor(describe: DescribeContent, parentAgentId: string | null) {
    this.#window = createContentWindow(describe);
    this.#parentAgentId = parentAgentId;
  }

  read(line: JsonLine): void {
    const before = this.#links.get(String(line["parentUuid"])) ?? NO_LINK;
    if (line["type"] === "api-request") this.#requests.add(String(line["id"]));
    if (line["type"] === "assistant") this.#readAnswer(line, before);
    const link = line["type"] === "user" ? this.#readUser(line, before) : toLink(line, before);
    if (typeof line["uuid"] !== "string") return;
    this.#links.set(line["uuid"], link);
    const [oldest] = this.#links.size > LINKS_MAX ? this.#links.keys() : [];
    if (oldest !== undefined) this.#links.delete(oldest);
  }

  calls(): TranscriptCall[] {
    this.#window.close();
    return [...this.#calls.values()].map((call) =>
      toCall(call, {
        isRequestNoted: this.#requests.has(String(call.line["requestRef"])),
        parentAgentId: this.#parentAgentId,
      }),
    );
  }

  #readUser(line: JsonLine, before: Link): Link {
    const blocks = blocksOf(line);
    let askedBy: OpenCall | undefined;
    for (const { type, tool_use_id: id, is_error: isError } of blocks) {
      if (type !== "tool_result") continue;
      askedBy ??= this.#askers.get(String(id));
      if (isError !== true) this.#window.noteToolResult(String(id));
    }
    askedBy?.results.push(...blocks);
    return {
      atMs: timeOf(line["timestamp"]),
      promptId: textOf(line["promptId"]) ?? before.promptId,
      trigger: triggerOf(line, before.trigger),
      askedBy: askedBy ?? before.askedBy,
      texts: askedBy ? before.texts : [...before.texts, ...blocks],
    };
  }

  #readAnswer(line: JsonLine, before: Link): void {
    const found = answerOf(line);
    const call = found && (this.#calls.get(found.name) ?? this.#open(found.name, line, before));
    if (!call) return;
    const { message, usage } = found;
    const output = countOf(usage, "output_tokens") ?? 0;
    if (output >= call.outputTokens) {
      call.outputTokens = output;
      const { id, model, stop_reason } = message;
      call.answer.readBody(Buffer.from(JSON.stringify({ id, model, stop_reason, usage })));
    }
    // A line that stands there twice says nothing new.
    if (this.#links.has(String(line["uuid"]))) return;
    for (const block of blocksOf(line)) {
      this.#window.add(call.content, block);
      if (block["type"] !== "tool_use") continue;
      this.#askers.set(String(block["id"]), call);
      this.#window.noteToolCall(String(block["id"]), String(block["name"]));
    }
  }

  /** Undefined for a line that does not say when it was written. */
  #open(name: string, line: JsonLine, answered: Link): OpenCall | undefined {
    const writtenAtMs = timeOf(line["timestamp"]);
    if (writtenAtMs === undefined) return undefined;
    // The request went out when what it answers was there; its own line was written when the first block was whole.
    const startedAtMs = Math.min(answered.atMs ?? writtenAtMs, writtenAtMs);
    const event = {
      event_id: toEventId(`claude-code ${name}`),
      started_at: new Date(startedAtMs).toISOString(),
      person_id: null,
      client: "claude-code",
      api: "messages",
      trigger: answered.trigger,
    } as const;
    const results = answered.askedBy?.results.splice(0) ?? [];
    const call: OpenCall = {
      line,
      turnId: answered.promptId,
      answer: anthropic.createReader({ api: "messages", requestKind: "main", isMetered: true }),
      outputTokens: 0,
      content: this.#window.open(event, [...results, ...answered.texts], []),
      results: [],
    };
    this.#calls.set(name, call);
    return call;
  }
}

/** Of lines that stand between a prompt and its answer, and of answers, which a following answer continues. */
function toLink(line: JsonLine, before: Link): Link {
  const atMs = timeOf(line["timestamp"]) ?? before.atMs;
  return line["type"] === "assistant" ? { ...NO_LINK, atMs, promptId: before.promptId } : { ...before, atMs };
}

function toCall(
  call: OpenCall,
  { isRequestNoted, parentAgentId }: { isRequestNoted: boolean; parentAgentId: string | null },
): TranscriptCall {
  const { line, turnId, answer, outputTokens, content } = call;
  // Lines that were written while the answer still came know neither why it ended nor how long it got.
  const isFinal = answer.reading.stopReason !== null;
  const event = toTranscriptEvent(
    {
      ...content.event,
      client_version: textOf(line["version"]) ?? "",
      entrypoint: entrypointOf(line),
      session_id: sessionOf(line),
      turn_id: turnId,
      agent_id: textOf(line["agentId"]),
      parent_agent_id: parentAgentId,
      request_id: textOf(line["requestId"]),
      request_kind: isOfSubagent(line) ? "subagent" : "main",
      provider: "anthropic",
      model_requested: textOf(line["requestedModel"]) ?? answer.reading.modelServed,
      effort: textOf(line["effort"]),
    },
    anthropic,
    { ...answer.reading, isFinal },
  );
  return {
    event,
    features: content.features ?? {},
    rank: [
      Number(isFinal),
      outputTokens,
      Number(isRequestNoted),
      Number(line["forkedFrom"] === undefined),
      Number(line["isSidechain"] !== true),
      Number(line["agentId"] !== undefined),
      sessionOf(line) ?? "",
    ],
  };
}

// The items of a rollout between one count of tokens and the next: what a call was sent, and what it answered.
//
// Items come in the order of the conversation, but a result may be written before the tokens of the call that asked for it are
// counted: what is sent after a call has answered is the next one's.

import type { TokenEvent } from "../../schemas/token-event.ts";
import { contentOf } from "../gateway/clients/all-clients.ts";
import { isRecord } from "../gateway/json-scan.ts";
import type { ContentWindow } from "./content-window.ts";
import { textOf, type JsonLine } from "./transcript.ts";

export interface CodexItems {
  /** When the newest thing was there that the call was sent; undefined before there was any. */
  startedAtMs: number | undefined;
  sent: JsonLine[];
  answered: JsonLine[];
}

export interface CodexItemReader {
  read(item: JsonLine, atMs: number): void;
  /** What belongs to the call whose tokens are counted now. */
  endCall(): CodexItems;
}

const RESULT = /_output$/;
/** What Codex returns when a model asks for a tool that there is not. */
const NO_TOOL = /^unsupported (?:custom tool )?call/;

export function createCodexItemReader(window: ContentWindow): CodexItemReader {
  let items = emptyItems();
  let next = emptyItems();

  return {
    read(item, atMs) {
      const type = String(item["type"]);
      const callId = textOf(item["call_id"]);
      if (RESULT.test(type) || item["role"] === "user") {
        const target = items.answered.length > 0 ? next : items;
        target.startedAtMs = atMs;
        target.sent.push(item);
        if (callId !== null && !NO_TOOL.test(String(item["output"]))) window.noteToolResult(callId);
      } else if (item["role"] === undefined || item["role"] === "assistant") {
        items.answered.push(item);
        const name = textOf(item["name"]);
        if (callId !== null && name !== null) window.noteToolCall(callId, name);
      }
    },
    endCall() {
      const ended = items;
      items = next;
      next = emptyItems();
      return ended;
    },
  };
}

function emptyItems(): CodexItems {
  return { startedAtMs: undefined, sent: [], answered: [] };
}

/** Who wrote the newest of it, as the gateway tells it: results, unless there is a text beside them that is not the client's own. */
export function triggerOfItems(
  sent: readonly JsonLine[],
  ofPrompts: TokenEvent["trigger"],
): TokenEvent["trigger"] {
  const { stripWrappers } = contentOf("codex");
  const hasPrompt = sent.some((item) => textsOf(item).some((text) => stripWrappers(text).trim() !== ""));
  if (hasPrompt) return ofPrompts;
  return sent.some(({ type }) => RESULT.test(String(type))) ? "tool" : "unknown";
}

function textsOf({ content }: JsonLine): string[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((part) =>
    isRecord(part) && typeof part["text"] === "string" ? [part["text"]] : [],
  );
}

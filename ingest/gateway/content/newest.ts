// What is new in a request: what follows its last assistant message, found from the end without parsing the body. It runs on the
// request's path, so it looks at LAST_ITEMS_MAX messages at most, steps over what tools returned, and reads a bounded number of
// texts of bounded length. The whole delta is read later, in the worker that makes features.

import type { Api } from "../../../schemas/closed-lists.ts";
import { scanArray, scanObject, textMember, type Members } from "../json-scan.ts";

/** Clients put reminders and instruction files around a prompt, each a text of its own. */
const TEXTS_MAX = 32;
/** A longer text is left out: it is a pasted file rather than a word of the client's. */
const TEXT_CHARS_MAX = 64 * 1024;
const PARTS_MAX = 256;

export interface Newest {
  hasToolResults: boolean;
  /** Of role user, in their order. */
  texts: string[];
}

/** What one message adds; undefined: it is the model's own, before which nothing is new. */
type ReadItem = (body: Buffer, item: Members) => Newest | undefined;

/**
 * @param members of `body`, which is a request of `api`
 * @returns undefined where the interface has no messages, or the body none
 */
export function readNewest(api: Api, body: Buffer, members: Members): Newest | undefined {
  switch (api) {
    case "chat":
      return readLast(body, members, "messages", readChatMessage);
    case "messages":
      return readLast(body, members, "messages", readMessage);
    case "generate":
      return readLast(body, members, "contents", readContent);
    case "responses": {
      const prompt = textMember(body, members, "input", TEXT_CHARS_MAX);
      if (prompt !== null) return { hasToolResults: false, texts: [prompt] };
      return readLast(body, members, "input", readInputItem);
    }
    case "embeddings":
    case "realtime":
    case "other":
    default:
      return undefined;
  }
}

function readLast(body: Buffer, members: Members, name: string, readItem: ReadItem): Newest | undefined {
  const starts = members.get(name)?.lastItems;
  if (!starts || starts.length === 0) return undefined;
  const found: Newest[] = [];
  let textsLeft = TEXTS_MAX;
  for (const start of starts.toReversed()) {
    const item = scanObject(body, start);
    const added = item && readItem(body, item);
    if (!added || textsLeft <= 0) break;
    textsLeft -= added.texts.length;
    found.push(added);
  }
  return {
    hasToolResults: found.some((added) => added.hasToolResults),
    texts: found.toReversed().flatMap((added) => added.texts),
  };
}

function nothing(): Newest {
  return { hasToolResults: false, texts: [] };
}

function readChatMessage(body: Buffer, item: Members): Newest | undefined {
  const role = textMember(body, item, "role");
  const isResult = role === "tool" || role === "function";
  return isResult ? { hasToolResults: true, texts: [] } : readMessage(body, item);
}

function readMessage(body: Buffer, item: Members): Newest | undefined {
  const role = textMember(body, item, "role");
  if (role === "assistant") return undefined;
  return role === "user" ? readParts(body, item, "content", isText) : nothing();
}

function readContent(body: Buffer, item: Members): Newest | undefined {
  return textMember(body, item, "role") === "model" ? undefined : readParts(body, item, "parts", () => true);
}

/** Items of the responses interface that are neither the model's nor a tool's. */
const NEUTRAL_ITEMS: ReadonlySet<string> = new Set(["additional_tools", "compaction", "item_reference"]);

function readInputItem(body: Buffer, item: Members): Newest | undefined {
  const type = textMember(body, item, "type") ?? "message";
  if (type.endsWith("_output")) return { hasToolResults: true, texts: [] };
  if (NEUTRAL_ITEMS.has(type)) return nothing();
  return type === "message" ? readMessage(body, item) : undefined;
}

function isText(type: string | null): boolean {
  return type === "text" || type === "input_text";
}

/** Content that is a text, or an array of parts. */
function readParts(
  body: Buffer,
  item: Members,
  name: string,
  isTextType: (type: string | null) => boolean,
): Newest {
  const whole = textMember(body, item, name, TEXT_CHARS_MAX);
  if (whole !== null) return { hasToolResults: false, texts: [whole] };
  const content = item.get(name);
  const spans = (content && scanArray(body, content.start, PARTS_MAX)) ?? [];
  const newest = nothing();
  for (const { start } of spans) {
    const part = scanObject(body, start);
    const type = textMember(body, part, "type");
    const text = isTextType(type) ? textMember(body, part, "text", TEXT_CHARS_MAX) : null;
    if (text !== null && newest.texts.length < TEXTS_MAX) newest.texts.push(text);
    if (type === "tool_result" || part?.has("functionResponse")) newest.hasToolResults = true;
  }
  return newest;
}

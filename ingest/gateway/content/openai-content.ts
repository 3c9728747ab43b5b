// The content of a message of OpenAI's interfaces: a text, or parts of which some are texts.

import type { Part } from "./conversation.ts";
import { toCanonicalJson, toRecords } from "./json-values.ts";

export function readOpenaiContent(content: unknown): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return toRecords(content).map((part) => {
    const text = part["text"] ?? part["refusal"];
    return typeof text === "string"
      ? { kind: "text", text }
      : { kind: "media", content: toCanonicalJson(part) };
  });
}

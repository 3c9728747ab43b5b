// OpenAI's chat completions, and what speaks like it. (platform.openai.com, API reference: chat.)

import type { Document } from "./documents.ts";
import { ConversationBuilder, type ContentReader, type Part, type Role } from "./conversation.ts";
import { parseArguments, toRecord, toRecords, toText, toTextOrNull } from "./json-values.ts";
import { readOpenaiContent } from "./openai-content.ts";

export const chat: ContentReader = {
  readRequest(request) {
    const conversation = new ConversationBuilder();
    for (const message of toRecords(request["messages"])) {
      conversation.add(toRole(message["role"]), readMessage(message));
    }
    return conversation.build(request["tools"] ?? request["functions"]);
  },
  readAnswer(documents) {
    const answer = { text: "", calls: new Map<number, PartialCall>() };
    for (const document of documents) {
      const [choice] = toRecords(document["choices"]).filter(isFirstChoice);
      if (choice) addPiece(answer, toRecord(choice["message"] ?? choice["delta"]));
    }
    return readMessage({ content: answer.text, tool_calls: [...answer.calls.values()].map(toToolCall) });
  },
};

/** A client that asks for several answers goes on with one of them; which one, nobody says. */
function isFirstChoice(choice: Document): boolean {
  return (choice["index"] ?? 0) === 0;
}

interface PartialCall {
  id: string | null;
  name: string;
  arguments: string;
}

function addPiece(answer: { text: string; calls: Map<number, PartialCall> }, piece: Document): void {
  answer.text += textOf(piece["content"]) + toText(piece["refusal"]);
  const single = piece["function_call"];
  const calls = toRecords(piece["tool_calls"] ?? (single ? [{ function: single }] : []));
  for (const [at, call] of calls.entries()) {
    const id = toTextOrNull(call["id"]);
    const { name, arguments: text, input } = toRecord(call["function"] ?? call["custom"]);
    const index = typeof call["index"] === "number" ? call["index"] : at;
    const before = answer.calls.get(index);
    // Gemini's compatible interface numbers every call 0: a name and an id of its own begin another.
    const isAnother = before !== undefined && id !== null && id !== before.id && toText(name) !== "";
    const known = isAnother ? undefined : before;
    answer.calls.set(isAnother ? answer.calls.size : index, {
      id: known?.id ?? id,
      name: known?.name || toText(name),
      arguments: (known?.arguments ?? "") + toText(text ?? input),
    });
  }
}

function toToolCall({ id, name, arguments: text }: PartialCall): Document {
  return { id, function: { name, arguments: text } };
}

function toRole(role: unknown): Role | "system" {
  if (role === "assistant") return "assistant";
  return role === "system" || role === "developer" ? "system" : "user";
}

function readMessage(message: Document): Part[] {
  const { role, content } = message;
  if (role === "tool" || role === "function") {
    const callId = toTextOrNull(message["tool_call_id"]);
    return [{ kind: "tool_result", callId, text: textOf(content), isError: null }];
  }
  return [...readOpenaiContent(content), ...readCalls(message)];
}

function readCalls(message: Document): Part[] {
  const single = message["function_call"];
  const calls = toRecords(message["tool_calls"] ?? (single ? [{ function: single }] : []));
  return calls.map((call) => {
    const { name, arguments: text, input } = toRecord(call["function"] ?? call["custom"]);
    return {
      kind: "tool_call",
      id: toTextOrNull(call["id"]),
      name: toText(name),
      arguments: parseArguments(toText(text ?? input)),
    };
  });
}

function textOf(content: unknown): string {
  return readOpenaiContent(content)
    .map((part) => (part.kind === "text" ? part.text : ""))
    .join("");
}

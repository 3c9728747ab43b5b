// Gemini's generateContent. (ai.google.dev, API reference: GenerateContentRequest, Content, Part.)

import type { Document } from "./documents.ts";
import { ConversationBuilder, type ContentReader, type Part } from "./conversation.ts";
import { joinStreamedCalls } from "./streamed-arguments.ts";
import { toCanonicalJson, toRecord, toRecords, toText, toTextOrNull } from "./json-values.ts";

export const generate: ContentReader = {
  readRequest(request) {
    const conversation = new ConversationBuilder();
    const system = request["systemInstruction"] ?? request["system_instruction"];
    conversation.add("system", readSystem(system));
    const { contents } = request;
    for (const content of toRecords(Array.isArray(contents) ? contents : [contents])) {
      conversation.add(content["role"] === "model" ? "assistant" : "user", readParts(content["parts"]));
    }
    return conversation.build(request["tools"]);
  },
  readAnswer(documents) {
    const parts = documents.flatMap((document) => {
      const [candidate] = toRecords(document["candidates"]);
      return partsOf(toRecord(candidate?.["content"])["parts"]);
    });
    return joinStreamedCalls(parts).map(readPart);
  },
};

function readSystem(system: unknown): Part[] {
  if (typeof system === "string") return [{ kind: "text", text: system }];
  return readParts(toRecord(system)["parts"]);
}

function readParts(parts: unknown): Part[] {
  return partsOf(parts).map(readPart);
}

function partsOf(parts: unknown): readonly Document[] {
  return toRecords(Array.isArray(parts) ? parts : [parts]);
}

function readPart(part: Document): Part {
  if (part["thought"] === true) return { kind: "reasoning" };
  if (typeof part["text"] === "string") return { kind: "text", text: part["text"] };
  const call = part["functionCall"] ?? part["function_call"];
  if (call !== undefined) {
    const { id, name, args } = toRecord(call);
    return { kind: "tool_call", id: toTextOrNull(id), name: toText(name), arguments: args ?? {} };
  }
  const result = part["functionResponse"] ?? part["function_response"];
  if (result !== undefined) return readResult(toRecord(result));
  if (part["executableCode"] !== undefined) {
    return { kind: "provider_tool", name: "code_execution", arguments: part["executableCode"] };
  }
  // A signature of the model's thoughts stands alone at the end of a stream, and says nothing.
  if (part["thoughtSignature"] !== undefined || part["codeExecutionResult"] !== undefined) {
    return { kind: "reasoning" };
  }
  return { kind: "media", content: toCanonicalJson(part) };
}

/** The interface leaves the form of a response open, but names `output` and `error` as members that it understands. */
function readResult({ id, response }: Document): Part {
  const members = toRecord(response);
  const { output } = members;
  return {
    kind: "tool_result",
    callId: toTextOrNull(id),
    text: typeof output === "string" ? output : toCanonicalJson(response),
    isError: "error" in members ? true : "output" in members ? false : null,
  };
}

// Anthropic's messages. (platform.claude.com, API reference: messages, streaming.)

import type { Document } from "./documents.ts";
import { ConversationBuilder, type ContentReader, type Part, type Role } from "./conversation.ts";
import { parseArguments, toCanonicalJson, toRecord, toRecords, toText, toTextOrNull } from "./json-values.ts";

export const messages: ContentReader = {
  readRequest(request) {
    const conversation = new ConversationBuilder();
    conversation.add("system", readBlocks(request["system"]));
    for (const message of toRecords(request["messages"])) {
      conversation.add(toRole(message["role"]), readBlocks(message["content"]));
    }
    return conversation.build(request["tools"]);
  },
  readAnswer(documents) {
    const blocks = new Map<unknown, StreamedBlock>();
    for (const document of documents) {
      const { type, index } = document;
      if (Array.isArray(document["content"])) return readBlocks(document["content"]);
      if (type === "content_block_start") {
        blocks.set(index, { start: toRecord(document["content_block"]), text: "", json: "" });
      }
      const block = type === "content_block_delta" ? blocks.get(index) : undefined;
      const delta = toRecord(document["delta"]);
      if (!block) continue;
      block.text += toText(delta["text"]);
      block.json += toText(delta["partial_json"]);
    }
    return readBlocks([...blocks.values()].map(toWholeBlock));
  },
};

interface StreamedBlock {
  start: Document;
  text: string;
  json: string;
}

function toWholeBlock({ start, text, json }: StreamedBlock): Document {
  const input = json === "" ? start["input"] : parseArguments(json);
  return { ...start, text: toText(start["text"]) + text, input };
}

function toRole(role: unknown): Role | "system" {
  return role === "assistant" || role === "system" ? role : "user";
}

/** A text, or blocks. */
function readBlocks(content: unknown): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return toRecords(content).flatMap(readBlock);
}

function readBlock(block: Document): Part[] {
  const type = toText(block["type"]);
  switch (type) {
    case "text":
      return [{ kind: "text", text: toText(block["text"]) }];
    case "thinking":
    case "redacted_thinking":
      return [{ kind: "reasoning" }];
    case "tool_use":
      return [
        {
          kind: "tool_call",
          id: toTextOrNull(block["id"]),
          name: toText(block["name"]),
          arguments: block["input"] ?? {},
        },
      ];
    case "server_tool_use":
    case "mcp_tool_use":
      return [{ kind: "provider_tool", name: toText(block["name"]), arguments: block["input"] ?? {} }];
    case "tool_result":
      return [
        {
          kind: "tool_result",
          callId: toTextOrNull(block["tool_use_id"]),
          text: resultText(block["content"]),
          isError: block["is_error"] === true,
        },
      ];
    default:
      // What a provider's own tool returned is part of the answer that it came with.
      return type.endsWith("_tool_result") ? [] : [{ kind: "media", content: toCanonicalJson(block) }];
  }
}

function resultText(content: unknown): string {
  if (typeof content === "string") return content;
  return toRecords(content)
    .map((block) => (typeof block["text"] === "string" ? block["text"] : toCanonicalJson(block)))
    .join("\n");
}

// OpenAI's responses: a list of items, of which several in a row make up one answer. (platform.openai.com, API reference:
// responses, input items, streaming events; Codex also sends `additional_tools` among them.)

import type { Document } from "./documents.ts";
import { ConversationBuilder, type ContentReader, type Part, type Role } from "./conversation.ts";
import { parseArguments, toCanonicalJson, toRecord, toRecords, toText, toTextOrNull } from "./json-values.ts";
import { readOpenaiContent } from "./openai-content.ts";

/** Calls of tools that the provider runs. */
const PROVIDER_CALLS: ReadonlySet<string> = new Set([
  "web_search_call",
  "file_search_call",
  "code_interpreter_call",
  "image_generation_call",
  "mcp_call",
]);
const CALL = /_call$/;
const OUTPUT = /_output$/;

export const responses: ContentReader = {
  readRequest(request) {
    const conversation = new ConversationBuilder();
    const { instructions, input, tools } = request;
    conversation.add("system", readOpenaiContent(instructions));
    if (typeof input === "string") conversation.add("user", readOpenaiContent(input));
    const items = toRecords(input);
    for (const item of items) conversation.add(roleOf(item), readItem(item));
    const added = items.filter((item) => item["type"] === "additional_tools").map((item) => item["tools"]);
    return conversation.build(added.length === 0 ? tools : [tools, ...added]);
  },
  readAnswer(documents) {
    // A provider that ran a tool itself tells its result too; clients send such a result as theirs, if at all.
    return answerItems(documents)
      .flatMap(readItem)
      .filter(({ kind }) => kind !== "tool_result");
  },
};

/** The whole answer where a stream or body has it; else the items that were finished, and the pieces of those that were not. */
function answerItems(documents: readonly Document[]): readonly Document[] {
  const outputs = documents.map((document) =>
    toRecords(toRecord(document["response"] ?? document)["output"]),
  );
  const whole = outputs.findLast((output) => output.length > 0);
  if (whole) return whole;
  const items = new Map<unknown, Document>();
  for (const event of documents) {
    const index = event["output_index"];
    const item = items.get(index);
    switch (event["type"]) {
      case "response.output_item.added":
      case "response.output_item.done":
        items.set(index, toRecord(event["item"]));
        break;
      case "response.output_text.delta":
        items.set(index, { ...item, content: toText(item?.["content"]) + toText(event["delta"]) });
        break;
      default:
    }
  }
  return [...items.values()];
}

function roleOf(item: Document): Role | "system" {
  const type = typeOf(item);
  if (CALL.test(type) || type === "reasoning") return "assistant";
  const { role } = item;
  if (role === "assistant") return "assistant";
  return role === "system" || role === "developer" ? "system" : "user";
}

function typeOf(item: Document): string {
  return toTextOrNull(item["type"]) ?? "message";
}

function readItem(item: Document): Part[] {
  const type = typeOf(item);
  if (type === "message") return readOpenaiContent(item["content"]);
  if (type === "reasoning") return [{ kind: "reasoning" }];
  if (type === "compaction") return [{ kind: "media", content: toCanonicalJson(item) }];
  if (CALL.test(type)) return [readCall(type, item)];
  if (!OUTPUT.test(type)) return [];
  return [
    {
      kind: "tool_result",
      callId: toTextOrNull(item["call_id"]),
      text: resultText(item["output"]),
      isError: null,
    },
  ];
}

function readCall(type: string, item: Document): Part {
  const name = toTextOrNull(item["name"]) ?? type.replace(CALL, "");
  const given = item["arguments"] ?? item["input"] ?? item["action"] ?? item["operation"];
  const parsed = typeof given === "string" ? parseArguments(given) : (given ?? {});
  if (PROVIDER_CALLS.has(type)) return { kind: "provider_tool", name, arguments: parsed };
  return { kind: "tool_call", id: toTextOrNull(item["call_id"]), name, arguments: parsed };
}

function resultText(output: unknown): string {
  if (typeof output === "string") return output;
  if (!Array.isArray(output)) return toCanonicalJson(output);
  return readOpenaiContent(output)
    .map((part) => (part.kind === "text" ? part.text : part.kind === "media" ? part.content : ""))
    .join("\n");
}

// What a single line of a Claude Code transcript says.

import type { TokenEvent } from "../../schemas/token-event.ts";
import { claudeCode } from "../gateway/clients/claude-code.ts";
import { isRecord } from "../gateway/json-scan.ts";
import { textOf, type JsonLine } from "./transcript.ts";

/** The blocks of its message. */
export function blocksOf({ message }: JsonLine): JsonLine[] {
  const content = isRecord(message) ? message["content"] : undefined;
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter(isRecord) : [];
}

/** An id that the provider gave, and nobody else has. Relays make up their own, and may begin with 1 every day. */
const PROVIDERS_ID = /^msg_\w{20,}$/;

export interface AnswerLine {
  /** What all lines and copies of one answer have in common: its id, which in a relay's case needs that of the request beside it. */
  name: string;
  message: JsonLine;
  usage: JsonLine;
}

/** Lines that the client made up itself (model `<synthetic>`, errors of the interface) answer nothing, and nothing was called. */
export function answerOf(line: JsonLine): AnswerLine | undefined {
  const { message } = line;
  if (!isRecord(message) || !isRecord(message["usage"])) return undefined;
  if (message["model"] === "<synthetic>" || line["isApiErrorMessage"] === true) return undefined;
  const id = textOf(message["id"]) ?? textOf(line["uuid"]);
  if (id === null) return undefined;
  const name = PROVIDERS_ID.test(id) ? id : `${id} ${textOf(line["requestId"]) ?? ""}`;
  return { name, message, usage: message["usage"] };
}

const TRIGGER_OF_ORIGIN: ReadonlyMap<unknown, TokenEvent["trigger"]> = new Map([
  ["human", "human"],
  ["peer", "agent"],
  ["coordinator", "agent"],
  ["auto-continuation", "schedule"],
]);

/**
 * Who wrote a line of role user, as the gateway tells it: by its words, where they do.
 * @param before of the line that it follows, which still holds after one that the client wrote
 */
export function triggerOf(line: JsonLine, before: TokenEvent["trigger"]): TokenEvent["trigger"] {
  const blocks = blocksOf(line);
  if (blocks.some(({ type }) => type === "tool_result")) return "tool";
  const texts = blocks.map(({ text }) => (typeof text === "string" ? text : ""));
  const [author] = texts.flatMap((text) => claudeCode.authorOf?.(text) ?? []);
  if (author !== undefined) return author === "client" ? "unknown" : author;
  const { stripWrappers } = claudeCode.content;
  if (line["isMeta"] === true || texts.every((text) => stripWrappers(text) === "")) return before;
  if (isOfSubagent(line)) return "agent";
  if (isRecord(line["origin"])) return TRIGGER_OF_ORIGIN.get(line["origin"]["kind"]) ?? "unknown";
  return entrypointOf(line) === "interactive" ? "human" : "unknown";
}

const ENTRYPOINTS: ReadonlyMap<unknown, TokenEvent["entrypoint"]> = new Map([
  ["cli", "interactive"],
  ["claude-vscode", "interactive"],
  ["claude-desktop", "interactive"],
  ["sdk-cli", "headless"],
  ["claude-code-github-action", "headless"],
  ["sdk-ts", "sdk"],
  ["sdk-py", "sdk"],
]);

export function entrypointOf(line: JsonLine): TokenEvent["entrypoint"] {
  return ENTRYPOINTS.get(line["entrypoint"]) ?? "unknown";
}

export function isOfSubagent(line: JsonLine): boolean {
  return line["isSidechain"] === true || textOf(line["agentId"]) !== null;
}

/** The session that made the request, where the line says that it is a copy. */
export function sessionOf(line: JsonLine): string | null {
  const forkedFrom = isRecord(line["forkedFrom"]) ? line["forkedFrom"]["sessionId"] : undefined;
  return textOf(line["requestSessionId"]) ?? textOf(forkedFrom) ?? textOf(line["sessionId"]);
}

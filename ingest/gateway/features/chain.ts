// Digests of a conversation by which the calls of one are found: what a call ends with, the next one begins with.
//
// Always holds: a conversation continued by its own answer has the digests of the call before as its parents', however its client
// sends it again. So what clients add, drop or move does not count: their wrappers, white space, thoughts, ids of tool calls, the
// order of members, marks of a cache, how texts are cut into parts. One pass over the messages, whatever their number.

import { createHash, type Hash } from "node:crypto";
import type { Message, Part } from "../content/conversation.ts";
import { toCanonicalJson } from "../content/json-values.ts";
import { withoutSpace } from "./normalise.ts";

/** Undefined: there is nothing to be found by. */
export interface ChainDigests {
  prefix: Buffer | undefined;
  parentPrefix: Buffer | undefined;
  parentAnswer: Buffer | undefined;
}

/** @param strip takes a client's wrappers off a text of role user */
export function digestChain(messages: readonly Message[], strip: (text: string) => string): ChainDigests {
  const lastAnswer = messages.findLastIndex(({ role }) => role === "assistant");
  const running = createHash("sha256");
  let isEmpty = true;
  let parentPrefix: Buffer | undefined;
  for (const [at, { role, parts }] of messages.entries()) {
    if (at === lastAnswer && !isEmpty) parentPrefix = running.copy().digest();
    const said = canonicalParts(parts, role === "user" ? strip : undefined);
    if (said.length === 0) continue;
    isEmpty = false;
    feed(running, role, said);
  }
  return {
    prefix: isEmpty ? undefined : running.digest(),
    parentPrefix,
    parentAnswer: digestAnswer(messages[lastAnswer]?.parts ?? []),
  };
}

/** Of what a call was answered with. */
export function digestAnswer(parts: readonly Part[]): Buffer | undefined {
  const said = canonicalParts(parts, undefined);
  if (said.length === 0) return undefined;
  const hash = createHash("sha256");
  feed(hash, "assistant", said);
  return hash.digest();
}

/** All texts as one, then the rest in its order. */
function canonicalParts(parts: readonly Part[], strip: ((text: string) => string) | undefined): string[] {
  const said = withoutRepeatedResults(parts).flatMap(canonicalPart);
  const text = parts.map((part) =>
    part.kind === "text" ? withoutSpace(strip?.(part.text) ?? part.text) : "",
  );
  const joined = text.join("");
  return joined === "" ? said : [`text ${joined}`, ...said];
}

/** Gemini CLI sends each result twice once a session was taken up again. */
function withoutRepeatedResults(parts: readonly Part[]): Part[] {
  const seen = new Set<string>();
  return parts.filter((part) => {
    if (part.kind !== "tool_result" || part.callId === null) return true;
    const result = `${part.callId} ${part.text}`;
    const isFirst = !seen.has(result);
    seen.add(result);
    return isFirst;
  });
}

function canonicalPart(part: Part): string[] {
  switch (part.kind) {
    case "tool_call":
      return [`call ${part.name} ${toCanonicalJson(part.arguments)}`];
    case "tool_result":
      return [`result ${part.text.trim()}`];
    case "media":
      return [`media ${part.content}`];
    case "text":
    case "reasoning":
    case "provider_tool":
      return [];
    default:
      return part satisfies never;
  }
}

/** With lengths in between, so that no text can pass for two. */
function feed(hash: Hash, role: Message["role"], said: readonly string[]): void {
  hash.update(`${role} ${said.length}\n`);
  for (const one of said) hash.update(`${one.length}\n`).update(one);
}

// Makes the features of one call from what it was asked and answered. Pure, and the only place where texts of people and models are
// read at length: what leaves it are hashes, sketches, counts, and the names of tools.
//
// Always holds: whatever a request or an answer is, features come of it; what can't be told stays unknown.

import { UNKNOWN_FEATURES, type CallFeatures } from "../../../schemas/call-features.ts";
import type { TokenEvent } from "../../../schemas/token-event.ts";
import type { ToolKinds } from "../../../schemas/tool-kinds.ts";
import type { ClientContent } from "../clients/client-content.ts";
import { contentReaderOf } from "../content/all-interfaces.ts";
import type { ContentReader, Conversation, Message, Part } from "../content/conversation.ts";
import { readDocuments } from "../content/documents.ts";
import { parseArguments, toCanonicalJson } from "../content/json-values.ts";
import { isRecord } from "../json-scan.ts";
import { digestAnswer, digestChain } from "./chain.ts";
import type { FeatureJob } from "./feature-job.ts";
import type { LinkHash, SketchKeys } from "./keys.ts";
import { withoutSpace } from "./normalise.ts";
import { repetitionOf } from "./redundancy.ts";
import { describeText, hashText } from "./text-features.ts";
import { describeCalls, describeResults, offeredTools, type ToolHashing } from "./tool-features.ts";

/** What extracting needs beside the call. */
export interface FeatureParts {
  keysAt: (atMs: number) => SketchKeys;
  hashTarget: LinkHash;
  contentOf: (client: string) => ClientContent;
  toolKinds: ToolKinds;
}

/** @returns undefined for interfaces that have no conversation */
export function extractFeatures(parts: FeatureParts, job: FeatureJob): CallFeatures | undefined {
  const { event_id, started_at, person_id, client, api } = job.event;
  const reader = contentReaderOf(api);
  if (!reader) return undefined;
  const keys = parts.keysAt(Date.parse(started_at));
  const content = parts.contentOf(client);
  const request = parseRequest(job.request);
  const conversation = request && reader.readRequest(request);
  const hashing: ToolHashing = {
    keys: keys.current,
    hashTarget: parts.hashTarget,
    strip: content.stripWrappers,
    knowledge: {
      configured: parts.toolKinds,
      client: content.toolKinds,
      offered: offeredTools(conversation?.tools),
    },
  };
  return {
    schema_version: 1,
    event_id,
    started_at,
    person_id,
    sketch_epoch: keys.epoch,
    ...UNKNOWN_FEATURES,
    ...(conversation && describeSystem(conversation, content, keys)),
    ...(conversation && !continuesElsewhere(request) && describeChain(conversation, content, keys)),
    ...(conversation && describeDelta(conversation, content, keys, job.event.trigger)),
    ...describeAnswer(reader, job, hashing),
  };
}

function parseRequest(request: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  const body =
    request && parseArguments(Buffer.from(request.buffer, request.byteOffset, request.length).toString());
  return isRecord(body) ? body : undefined;
}

/** Whether the messages are only those that the provider does not have yet. */
function continuesElsewhere(request: Readonly<Record<string, unknown>> | undefined): boolean {
  const thread = request?.["thread"];
  if (isRecord(thread) && thread["type"] === "continue") return true;
  return Boolean(request?.["previous_response_id"] ?? request?.["conversation"]);
}

function describeSystem(
  { system, tools }: Conversation,
  { stripVolatile }: ClientContent,
  { current, previous }: SketchKeys,
): Partial<CallFeatures> {
  const whole = `${withoutSpace(stripVolatile(system))}\n${toCanonicalJson(tools ?? null)}`;
  return {
    system_hash: current.hash("system", whole),
    system_hash_previous: previous?.hash("system", whole) ?? null,
  };
}

function describeChain(
  { messages }: Conversation,
  { stripWrappers }: ClientContent,
  { current, previous }: SketchKeys,
): Partial<CallFeatures> {
  const { prefix, parentPrefix, parentAnswer } = digestChain(messages, stripWrappers);
  return {
    prefix_hash: prefix ? current.hash("prefix", prefix) : null,
    parent_prefix_hash: parentPrefix ? current.hash("prefix", parentPrefix) : null,
    parent_answer_hash: parentAnswer ? current.hash("answer", parentAnswer) : null,
    prefix_hash_previous: (prefix && previous?.hash("prefix", prefix)) ?? null,
    parent_prefix_hash_previous: (parentPrefix && previous?.hash("prefix", parentPrefix)) ?? null,
    parent_answer_hash_previous: (parentAnswer && previous?.hash("answer", parentAnswer)) ?? null,
  };
}

function describeDelta(
  { messages }: Conversation,
  { stripWrappers }: ClientContent,
  { current, previous }: SketchKeys,
  trigger: TokenEvent["trigger"],
): Partial<CallFeatures> {
  const parts = newestParts(messages);
  const text = textsOf(parts).map(stripWrappers).filter(isNotBlank).join("\n\n");
  const isHuman = trigger === "human" || trigger === "unknown";
  const { hash, sketch, compression, blocks } = describeText(text, current);
  return {
    delta_human_chars: isHuman ? text.length : 0,
    delta_hash: hash,
    delta_hash_previous: previous ? hashText(text, previous) : null,
    delta_sketch: sketch,
    delta_compression: compression,
    delta_repetition: repetitionOf(text),
    delta_blocks: blocks,
    ...describeResults(
      parts.filter((part) => part.kind === "tool_result"),
      current,
    ),
  };
}

/** What follows the last answer. */
function newestParts(messages: readonly Message[]): readonly Part[] {
  const last = messages.at(-1);
  return last?.role === "user" ? last.parts : [];
}

function describeAnswer(reader: ContentReader, job: FeatureJob, hashing: ToolHashing): Partial<CallFeatures> {
  if (!job.answer) return {};
  const { keys } = hashing;
  const bytes = Buffer.from(job.answer.buffer, job.answer.byteOffset, job.answer.length);
  const parts = reader.readAnswer(readDocuments(bytes));
  const calls = parts.filter((part) => part.kind === "tool_call" || part.kind === "provider_tool");
  // The last call of an answer that was cut off may lack its end.
  if (!job.isAnswerWhole) return describeCalls(calls.slice(0, -1), hashing);
  const text = textsOf(parts).join("");
  const digest = digestAnswer(parts);
  const { hash, sketch, compression, blocks } = describeText(text, keys);
  return {
    answer_hash: digest ? keys.hash("answer", digest) : null,
    output_chars: text.length,
    output_hash: hash,
    output_sketch: sketch,
    output_compression: compression,
    output_blocks: blocks,
    ...describeCalls(calls, hashing),
  };
}

function textsOf(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => (part.kind === "text" ? [part.text] : []));
}

function isNotBlank(text: string): boolean {
  return text.trim() !== "";
}

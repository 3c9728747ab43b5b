// Features of calls that a test writes down as a client sends them and a provider answers.

import { randomUUID } from "node:crypto";
import { contentOf } from "../../ingest/gateway/clients/all-clients.ts";
import { extractFeatures } from "../../ingest/gateway/features/extract.ts";
import { createLinkHash, createSketchKeys } from "../../ingest/gateway/features/keys.ts";
import type { CallFeatures } from "../../schemas/call-features.ts";
import type { Api } from "../../schemas/closed-lists.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import type { ToolKinds } from "../../schemas/tool-kinds.ts";

export interface WrittenCall {
  api: Api;
  request: object | string;
  /** One body, or the events of a stream. */
  answer?: object | readonly object[];
  client?: string;
  trigger?: TokenEvent["trigger"];
  at?: Date;
  sketchSecret?: string;
  toolKinds?: ToolKinds;
  isAnswerWhole?: boolean;
}

/** In the middle of an epoch, where there is one key. */
export const MID_EPOCH = new Date((742 * 28 + 20) * 24 * 3600 * 1000);

/** @throws Error for an interface without a conversation */
export function featuresOf(call: WrittenCall): CallFeatures {
  const { api, client = "unknown", trigger = "unknown", request, answer } = call;
  const event = {
    event_id: randomUUID(),
    started_at: (call.at ?? MID_EPOCH).toISOString(),
    person_id: null,
    client,
    api,
    trigger,
  };
  const parts = {
    keysAt: createSketchKeys(call.sketchSecret ?? "sketch secret"),
    hashTarget: createLinkHash("link secret"),
    contentOf,
    toolKinds: call.toolKinds ?? {},
  };
  const features = extractFeatures(parts, {
    event,
    request: Buffer.from(typeof request === "string" ? request : JSON.stringify(request)),
    answer: answer === undefined ? undefined : toBytes(answer),
    isAnswerWhole: call.isAnswerWhole ?? true,
  });
  if (!features) throw new Error(`${api} has no conversation.`);
  return features;
}

function toBytes(answer: object | readonly object[]): Buffer {
  if (!Array.isArray(answer)) return Buffer.from(JSON.stringify(answer));
  return Buffer.from(answer.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
}

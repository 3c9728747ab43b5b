// A call whose features are asked for, with the texts that they are made of.

import type { TokenEvent } from "../../../schemas/token-event.ts";
import type { Meter } from "../meter/meter.ts";
import type { RequestBody } from "../request-body.ts";

export interface FeatureJob {
  event: Pick<TokenEvent, "event_id" | "started_at" | "person_id" | "client" | "api" | "trigger">;
  /** The request's body, without its content encoding; undefined where it was not kept. */
  request: Uint8Array | undefined;
  /** What the call was answered with, decoded; undefined where there is no answer of a model. */
  answer: Uint8Array | undefined;
  /** False: `answer` is the beginning of what the client got. */
  isAnswerWhole: boolean;
}

/** @param meter of the answer; undefined where there was none */
export function toFeatureJob(
  event: TokenEvent,
  body: RequestBody,
  meter: Pick<Meter, "answer" | "isAnswerWhole"> | undefined,
): FeatureJob {
  const { event_id, started_at, person_id, client, api, trigger, status } = event;
  return {
    event: { event_id, started_at, person_id, client, api, trigger },
    request: body.kind === "whole" ? body.text : undefined,
    // What came with another status is the provider's, and no answer of a model.
    answer: status >= 200 && status < 300 ? meter?.answer : undefined,
    isAnswerWhole: meter?.isAnswerWhole ?? false,
  };
}

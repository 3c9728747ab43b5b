// A call whose features are asked for, with the texts that they are made of.

import type { TokenEvent } from "../../../schemas/token-event.ts";

export interface FeatureJob {
  event: Pick<TokenEvent, "event_id" | "started_at" | "person_id" | "client" | "api" | "trigger">;
  /** The request's body, without its content encoding; undefined where it was not kept. */
  request: Uint8Array | undefined;
  /** What the call was answered with, decoded; undefined where there is no answer of a model. */
  answer: Uint8Array | undefined;
  /** False: `answer` is the beginning of what the client got. */
  isAnswerWhole: boolean;
}

/** What is kept of an answer: decoded, a body or an event stream. */
export interface KeptAnswer {
  answer: Buffer;
  isAnswerWhole: boolean;
}

/** @param answer undefined where there was none */
export function toFeatureJob(
  { event_id, started_at, person_id, client, api, trigger, status }: TokenEvent,
  request: Buffer | undefined,
  answer: KeptAnswer | undefined,
): FeatureJob {
  // What came with another status is the provider's, and no answer of a model.
  const isAnswered = status >= 200 && status < 300;
  return {
    event: { event_id, started_at, person_id, client, api, trigger },
    request,
    answer: isAnswered ? answer?.answer : undefined,
    isAnswerWhole: answer?.isAnswerWhole ?? false,
  };
}

// The features of a transcript's calls, made as the gateway makes those of its own (`extract.ts`), from what a transcript holds of a
// call: what was new in it, and its answer. What came before is not in it as it was sent, so hashes of the conversation and of the
// system prompt stay unknown.

import type { CallFeatures } from "../../schemas/call-features.ts";
import { extractFeatures, type FeatureParts } from "../gateway/features/extract.ts";
import type { FeatureJob } from "../gateway/features/feature-job.ts";

/** Content of both sides in the words of the call's interface: blocks of messages, or items of responses. */
export interface TranscriptContent {
  sent: readonly unknown[];
  answered: readonly unknown[];
  /** Names of tools that were there; of others a model may have made up the name. */
  tools: readonly string[];
}

export type DescribeContent = (
  event: FeatureJob["event"],
  content: TranscriptContent,
) => Partial<CallFeatures>;

export function createDescriber(parts: FeatureParts): DescribeContent {
  return (event, { sent, answered, tools }) => {
    const isMessages = event.api === "messages";
    const asked = isMessages ? { messages: [{ role: "user", content: sent }] } : { input: sent };
    const request = {
      ...asked,
      tools: tools.map((name) => ({ name })),
      // The messages are not all that the call was sent.
      previous_response_id: "in another line",
    };
    const features = extractFeatures(parts, {
      event,
      request: sent.length === 0 ? undefined : toBytes(request),
      answer: toBytes(isMessages ? { content: answered } : { output: answered }),
      isAnswerWhole: true,
    });
    return { ...features, system_hash: null, system_hash_previous: null };
  };
}

function toBytes(body: object): Uint8Array {
  return Buffer.from(JSON.stringify(body));
}

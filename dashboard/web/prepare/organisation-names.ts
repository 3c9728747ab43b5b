// How models and reasons are called where nobody's own calls are meant.

import { UNCREDITED_REASONS, type UncreditedReason } from "../../../schemas/closed-lists.ts";

interface ReasonText {
  title: string;
  sentence: string;
}

const REASONS: Readonly<Record<UncreditedReason, ReasonText>> = {
  provider_error: { title: "Provider error", sentence: "The provider failed and reported no usage." },
  retry: { title: "Retry", sentence: "The provider failed and the client sent the call again." },
  auxiliary: { title: "Auxiliary", sentence: "Titles, compaction and token counts." },
  heartbeat: {
    title: "Heartbeat",
    sentence: "Clients that ask on a timer whether there is anything to do, some of them by default.",
  },
  exact_replay: {
    title: "Exact replay",
    sentence: "The same request beyond the third time in 14 days.",
  },
  near_replay: {
    title: "Near replay",
    sentence: "Runs that open almost alike, beyond the third of 20 or more in 14 days.",
  },
  loop: { title: "Loop", sentence: "An agent that repeated the same step. Often a bug in it." },
};

export function describeReason(name: string): ReasonText {
  const reason = UNCREDITED_REASONS.find((each) => each === name);
  return reason === undefined ? { title: name, sentence: "" } : REASONS[reason];
}

/** Null: all others together. */
export function nameModel(name: string | null): string {
  if (name === null) return "Others";
  return name === "" ? "Unknown model" : name;
}

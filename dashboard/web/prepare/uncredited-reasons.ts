// Why a call earns no credit, in words that accuse nobody.

import type { UncreditedReason } from "../../../schemas/closed-lists.ts";

interface ReasonText {
  title: string;
  sentence: string;
}

const TEXTS: Readonly<Record<UncreditedReason, ReasonText>> = {
  provider_error: { title: "Provider error", sentence: "The provider failed and reported no usage." },
  retry: { title: "Retry", sentence: "The provider failed and your client sent the same call again." },
  auxiliary: {
    title: "Auxiliary",
    sentence: "Titles, compaction and token counts that the client makes for itself.",
  },
  heartbeat: {
    title: "Heartbeat",
    sentence: "Your client asks “anything to do?” every 30 minutes, by default.",
  },
  exact_replay: {
    title: "Exact replay",
    sentence: "The same request again, beyond the third time in 14 days.",
  },
  near_replay: {
    title: "Near replay",
    sentence: "Runs that open almost alike, beyond the third of 20 or more in 14 days.",
  },
  loop: {
    title: "Loop",
    sentence: "The same tool calls with the same results, from the fifth round on. Often a bug in the agent.",
  },
};

export function explainReason(reason: UncreditedReason): ReasonText {
  return TEXTS[reason];
}

// What each signal is called on the page of a run, and what its effect is a share of.

interface SignalWords {
  title: string;
  measure: string;
}

const WORDS: Readonly<Record<string, SignalWords>> = {
  replay_clusters: { title: "Replay", measure: "Share of prompts in near-identical groups" },
  prompt_variety: { title: "Variety of prompts", measure: "Share of prompts that repeat another run's" },
  phase_lock: { title: "Schedule", measure: "How far starts line up with a timer" },
  no_op_runs: { title: "Runs without an effect", measure: "Share of cost in runs that changed nothing" },
  repeated_lines: {
    title: "Repeated lines",
    measure: "Share of prompts that mostly repeat their own lines",
  },
  shared_blocks: { title: "Shared paragraphs", measure: "Share of prompts made of the same paragraphs" },
  cut_off_answers: { title: "Cut-off answers", measure: "Share of last answers cut off and left lying" },
  alike_agents: { title: "Alike sub-agents", measure: "Share of sub-agents that do what a sibling does" },
  echoed_answers: { title: "Echo", measure: "Share of cost in rounds of own output as input" },
  changing_prefixes: { title: "Caches written anew", measure: "Share of calls that wrote the cache anew" },
};

/** A signal that this page does not know yet is called as analytics calls it. */
export function nameSignal(signal: string): SignalWords {
  return WORDS[signal] ?? { title: signal.replaceAll("_", " "), measure: "" };
}

// What a signal is. Each mechanism is one file of this folder that exports one; signals.ts lists them.
//
// Always holds: a signal reads no more than it says in `reads`, and never what is forbidden as evidence (forbidden.ts): hour of day,
// idle time, speed, presence, prose, language, length of what people write, or one person's total against another's.

import type { SignalFamily } from "../../schemas/closed-lists.ts";
import type { Method } from "../../schemas/method.ts";

/** What a signal measured in one person-week. */
export interface SignalCase {
  /** A share, or a length of 0 to 1. */
  effect: number;
  /** What the effect is a share or a mean of: prompts, starts, runs. */
  cases: number;
  /** Further counts that its p-value needs, by name. */
  counts: Readonly<Record<string, number>>;
}

export interface Signal {
  /** As in `week_signals.signal`: `replay_clusters`. Never changes once it is released. */
  name: string;
  family: SignalFamily;
  /** What it asks, in one sentence that the person reads. */
  question: string;
  /** How it is answered, in one sentence. */
  rule: string;
  /** Honest ways to the same effect; shown beside each finding. */
  innocents: readonly string[];
  /** Columns of token_events, calls and call_features that its SQL reads, as `call_features.delta_sketch`. */
  reads: readonly string[];
  /**
   * A SELECT of person_id, week, workload_class, effect, cases, counts Map(String, Float64), run_ids Array(String) (dearest first),
   * named_cost_usd and inputs_expire_at, a row for each person-week with enough to look at, over the person-weeks of the pass.
   */
  sql(method: Method): string;
  floor(method: Method): number;
  /** Against its absolute null, 0 to 1; undefined: it has none, and is held against the reference of its class. */
  toPValue?(measured: SignalCase, method: Method): number;
}

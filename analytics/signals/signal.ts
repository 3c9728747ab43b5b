// What a signal is. Each mechanism is one file of this folder that exports one; signals.ts lists them.
//
// Always holds: a signal reads no more than it says in `reads`, and never what is forbidden as evidence (forbidden.ts): hour of day,
// idle time, speed, presence, prose, language, length of what people write, or one person's total against another's.

import type { SignalFamily, WorkloadClass } from "../../schemas/closed-lists.ts";
import type { Method } from "../../schemas/method.ts";

/** What a signal measured in one person-week. */
export interface SignalCase {
  /** A share, or a length of 0 to 1; the larger, the more of the mechanism. */
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
  /** Columns of signal_calls, signal_runs and signal_prompts that its SQL reads, as `signal_calls.cost_usd`. */
  reads: readonly string[];
  /**
   * A SELECT of person_id, effect, cases, counts Map(String, Float64) and run_ids Array(String), a row for each person-week with enough
   * to look at. What it may read is what the pass has gathered: {version:UInt64} and {week:Date} (evidence.ts).
   */
  sql(method: Method): string;
  floor(method: Method): number;
  /** Against its absolute null, 0 to 1; undefined: it has none, and is held against the reference of its class. */
  toPValue?(measured: SignalCase, method: Method): number;
  /** Classes whose work is what the null rules out, so that only their own reference says what is usual in them. */
  classesWithoutNull?: readonly WorkloadClass[];
}

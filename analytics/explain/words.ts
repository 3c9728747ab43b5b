// Explanations in words, for a terminal: one fact a line.

import type { PatternExplanation } from "./explain-pattern.ts";
import type { RunExplanation } from "./explain-run.ts";

export function tellRun(run: RunExplanation): string {
  const { value } = run;
  const reasons = Object.entries(run.uncredited_cost_usd).map(([reason, cost]) => `$${cost} ${reason}`);
  return toText([
    `Run ${run.run_id} of ${run.client}, ${run.started_at} to ${run.ended_at}`,
    `  ${run.calls} calls of ${run.models.join(", ") || "unknown models"} cost $${run.cost_usd}; $${run.credited_cost_usd} of it is credited.`,
    ...(reasons.length > 0 ? [`  Not credited: ${reasons.join(", ")}.`] : []),
    `  Class: ${run.workload_class ?? "undeclared"}${run.workload_class === null ? "" : ` (declared by ${run.class_source})`}.`,
    "",
    "Value",
    ...(value === null ? ["  No score."] : tellValue(value)),
    ...run.outcomes.map(
      ({ kind, outcome_id, share, linked_by, source, trust, credited_at, counts }) =>
        `  ${counts ? "counts" : "does not count"}: ${kind} ${outcome_id}, share ${share.toFixed(2)}, linked by ${linked_by}, from ${source} (trust ${trust}), due ${credited_at}`,
    ),
    "",
    "Signals that name it",
    ...(run.signals.length === 0 ? ["  None."] : run.signals.flatMap((signal) => tellSignal(signal))),
    "",
    `Dearest calls (${run.dearest_calls.length} of ${run.calls})`,
    ...run.dearest_calls.map(
      ({ event_id, started_at, model, cost_usd, uncredited_reason }) =>
        `  ${event_id} ${started_at} ${model ?? "unknown model"} ${cost_usd === null ? "no price" : `$${cost_usd}`} ${uncredited_reason ?? "credited"}`,
    ),
    "",
    ...tellChanges(run.would_change),
  ]);
}

function tellValue(value: NonNullable<RunExplanation["value"]>): string[] {
  const { is_shipped, runs, coverage, asked_cost_usd, bin_above_usd, bin_up_to_usd } = value.expected_of;
  const source = is_shipped
    ? "shipped expectations, because the organisation has too few such runs"
    : `${runs} runs of its class and tier`;
  return [
    `  ${value.due_outcomes.toFixed(2)} outcomes are due, ${value.pending_outcomes.toFixed(2)} wait, ${value.reversed_outcomes.toFixed(2)} were taken back; ${value.expected_outcomes.toFixed(2)} were expected, by ${source}.`,
    `  Asked for was work of $${asked_cost_usd.toFixed(2)}: as much is expected of any run above $${(bin_above_usd ?? 0).toFixed(2)}${bin_up_to_usd === null ? "" : ` up to $${bin_up_to_usd.toFixed(2)}`}.`,
    `  It earned $${value.earned_cost_usd.toFixed(2)}: such an outcome usually costs $${value.reference_cost_usd.toFixed(2)}. Value points: ${value.value_points.toFixed(1)}.`,
    `  Coverage of its class: ${coverage === null ? "unknown" : coverage.toFixed(2)}; ${value.is_value_scored ? "value is scored" : "value is not scored"}.${value.is_provisional ? " It is provisional." : ""}`,
    `  Method ${value.method_version}.`,
  ];
}

interface Finding {
  week: string;
  family: string;
  signal: string;
  effect: number;
  floor: number;
  cases: number;
  p_value: number | null;
  question: string;
  rule: string;
  innocents: readonly string[];
}

function tellSignal({ week, family, signal, effect, floor, cases, p_value, ...words }: Finding): string[] {
  return [
    `  ${week} ${family}/${signal}: ${effect.toFixed(2)} of ${cases} cases, floor ${floor}, p ${p_value === null ? "unknown" : p_value.toPrecision(2)}`,
    `    ${words.question} ${words.rule}`,
    `    Honest reasons: ${words.innocents.join("; ")}.`,
  ];
}

export function tellPattern(pattern: PatternExplanation): string {
  const { state, opened_at, notified_at, closed_at, closed_by } = pattern;
  return toText([
    `Pattern to discuss ${pattern.pattern_id}: ${state}`,
    `  Observed ${pattern.observed_at}, told ${notified_at ?? "nobody"}, opened ${opened_at ?? "to nobody"}${closed_at === null ? "" : `, closed ${closed_at} by ${closed_by}`}.`,
    `  Method ${pattern.method_version}.`,
    "",
    "Conditions",
    ...pattern.conditions.map(
      ({ condition, holds, words }) => `  ${holds ? "holds" : "fails"}: ${condition}. ${words}`,
    ),
    "",
    "Evidence",
    ...pattern.evidence.flatMap((found) => [
      ...tellSignal(found),
      `    ${found.runs} runs of $${found.cost_usd.toFixed(2)}.`,
    ]),
    "",
    `Runs (the dearest ${pattern.runs.length} of ${pattern.named_runs}; more of each: npx assay explain run ID)`,
    ...pattern.runs.map(
      ({ run_id, started_at, cost_usd, due_outcomes, expected_outcomes, is_provisional }) =>
        `  ${run_id} ${started_at} $${cost_usd}, ${due_outcomes.toFixed(2)} outcomes of ${expected_outcomes.toFixed(2)} expected${is_provisional ? ", provisional" : ""}`,
    ),
    "",
    ...(pattern.statements.length > 0 ? ["What was said", ...pattern.statements.map(tellStatement), ""] : []),
    ...tellChanges(pattern.would_change),
  ]);
}

function tellStatement({ kind, said_at, text }: PatternExplanation["statements"][number]): string {
  return `  ${kind} ${said_at}: ${text}`;
}

function tellChanges(changes: readonly string[]): string[] {
  return ["What would change it", ...changes.map((sentence) => `  ${sentence}`)];
}

function toText(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

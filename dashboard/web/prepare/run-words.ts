// What a run's closed words mean, in sentences for the person whose run it is.

import type { ClassSource } from "../../../schemas/closed-lists.ts";
import type { Run, RunClass } from "../../../schemas/run-api.ts";
import { dayOf } from "./calendar.ts";
import { formatCount, formatDay, formatTime } from "./format.ts";
import { nameClass } from "./slices.ts";

const SOURCES: Readonly<Record<Run["run_source"], string>> = {
  explicit: "The caller named this run, so it is certain which calls belong to it.",
  client: "The client names its session in every call. A pause of 4 hours ends a run.",
  chain: "The client names no session. Calls that continue each other's conversation were put together.",
  idle: "The client names no session and its calls continue nothing. Calls less than 30 minutes apart were put together, so this is a guess.",
};

/** How sure it is which calls belong to the run. */
export function explainRunSource(source: Run["run_source"]): string {
  return SOURCES[source];
}

const CLASS_SOURCES: Readonly<Record<ClassSource, string>> = {
  key: "declared by the key",
  header: "declared by the caller",
  run: "declared by you for this run",
  schedule: "by a schedule of yours",
  none: "nobody knows by whom declared",
};

/** `Scheduled, by a schedule of yours`. */
export function explainClass({ workload_class, class_source }: RunClass): string {
  return workload_class === null
    ? "Nobody declared it"
    : `${nameClass(workload_class)}, ${CLASS_SOURCES[class_source]}`;
}

export interface CorrectionRow {
  id: string;
  /** `Corrected to Evaluation on 3 Nov, 14:05. It was Interactive before.` */
  sentence: string;
  reason: string | null;
}

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toCorrectionRows({ corrections }: RunClass, now: Date, timezone?: string): CorrectionRow[] {
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  const writeTime = (instant: string): string =>
    `${formatDay(dayOf(new Date(instant), viewerZone), today)}, ${formatTime(instant, viewerZone)}`;
  return corrections.map((correction) => {
    const made = `You made it ${nameClass(correction.workload_class)} on ${writeTime(correction.created_at)}.`;
    const before = ` It was ${nameClass(correction.previous_class)} before.`;
    const withdrawn =
      correction.withdrawn_at === null
        ? ""
        : ` That no longer holds, since ${writeTime(correction.withdrawn_at)}.`;
    return { id: correction.correction_id, sentence: made + before + withdrawn, reason: correction.reason };
  });
}

/** `18 Nov, 09:12 to 11:47`; both days where they differ. */
export function formatSpan(
  { started_at, ended_at }: Pick<Run, "started_at" | "ended_at">,
  now: Date,
  timezone?: string,
): string {
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  const [first, last] = [started_at, ended_at].map((instant) => dayOf(new Date(instant), viewerZone));
  const end = formatTime(ended_at, viewerZone);
  const endDay = first === last || last === undefined ? "" : `${formatDay(last, today)}, `;
  return `${formatDay(first ?? today, today)}, ${formatTime(started_at, viewerZone)} to ${endDay}${end}`;
}

/** `5 turns, 3 sub-agents`, as far as either is known; empty where nothing is. */
export function describeParts({ turn_count, agent_count }: Pick<Run, "turn_count" | "agent_count">): string {
  const subAgents = Math.max(0, agent_count - 1);
  const parts = [
    { count: turn_count, noun: "turn" },
    { count: subAgents, noun: "sub-agent" },
  ];
  return parts
    .filter(({ count }) => count > 0)
    .map(({ count, noun }) => `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`)
    .join(", ");
}

// The Operator page: whether every call is recorded, in a sentence, and the tables behind it.
//
// Always holds: what is not known is said to be so. A sentence that all is well is only said where the records themselves show it.

import { DROP_REASONS, type Flow, type FlowState, FLOW_STAGES } from "../../../schemas/operator-api.ts";
import { formatCalls, formatCount } from "./format.ts";

/** Narrow no-break space, before units. */
const SPACE = "\u202f";
const DASH = "–";

export interface Verdict {
  state: "good" | "notice" | "failed";
  sentence: string;
  /** What to do, or what follows; empty where there is nothing to add. */
  advice: string;
}

export function toVerdict({ recorded, behind_seconds, dead_letters, drops, stages }: Flow): Verdict {
  const behind = writeBehind(behind_seconds);
  if (recorded === null)
    return {
      state: "failed",
      sentence: "Whether all calls are recorded is not known: ClickHouse does not answer.",
      advice: "Bring it back. What gateways take on waits for it meanwhile.",
    };
  const unrecorded = countDrops(drops, "unrecorded");
  if (unrecorded > 0)
    return {
      state: "failed",
      sentence: `${formatCount(unrecorded)} records could not be written since Assay started. Their calls went on.`,
      advice:
        "Make room on the disk of ASSAY_DATA, or raise ASSAY_SPOOL_MAX_MB. With ASSAY_STRICT=1 such calls are refused.",
    };
  if (recorded.missing !== null && recorded.missing > 0)
    return {
      state: "failed",
      sentence: `${formatCalls(recorded.missing)} of the last 24 hours ${recorded.missing === 1 ? "has" : "have"} no record. ${behind}`,
      advice:
        "They may go on for longer than an hour, or wait in a spool that nobody reads. Look at each gateway's disk.",
    };
  const broken = stages.find(({ state }) => state === "failed" || state === "impaired");
  if (broken !== undefined)
    return {
      state: broken.state === "failed" ? "failed" : "notice",
      sentence: `No call of the last 24 hours is missing so far, but ${STAGE_NAMES[broken.stage].toLowerCase()}: not well. ${behind}`,
      advice: broken.reason ?? "The log of that process says why.",
    };
  if (dead_letters !== null && dead_letters > 0)
    return {
      state: "notice",
      sentence: `${formatCount(dead_letters)} records could not be stored, and wait as dead letters. ${behind}`,
      advice:
        "“assay dead-letters list” says why, and “assay dead-letters retry” tries them again. They are kept for 14 days.",
    };
  if (recorded.calls === 0)
    return { state: "notice", sentence: "No calls in the last 24 hours.", advice: "" };
  if (recorded.missing === null)
    return {
      state: "notice",
      sentence: `${formatCalls(recorded.calls)} of the last 24 hours are recorded. ${behind}`,
      advice:
        "Whether any is missing can't be told: records of an erased person were taken out in that time.",
    };
  return { state: "good", sentence: `All calls of the last 24 hours are recorded. ${behind}`, advice: "" };
}

function writeBehind(seconds: number | null): string {
  return seconds === null ? "How far behind is not known here." : `Behind by ${formatSeconds(seconds)}.`;
}

/** `2 s`, `14 min`, `3 h`; a dash where it is not known. */
export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return DASH;
  if (seconds < 120) return `${seconds > 0 && seconds < 1 ? "<\u202f1" : Math.round(seconds)}${SPACE}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}${SPACE}min`;
  return `${Math.round(seconds / 3600)}${SPACE}h`;
}

/** `840 B`, `61 kB`, `4.1 MB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return DASH;
  if (bytes < 1000) return `${bytes}${SPACE}B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)}${SPACE}kB`;
  return `${bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)}${SPACE}M` : `${(bytes / 1e9).toFixed(1)}${SPACE}G`}B`;
}

export const formatKnown = (count: number | null): string => (count === null ? DASH : formatCount(count));

const STAGE_NAMES: Readonly<Record<(typeof FLOW_STAGES)[number], string>> = {
  gateways: "Gateways",
  spool: "Spool",
  bus: "Bus",
  sink: "Sink",
  store: "Store",
};

export const STATE_WORDS: Readonly<Record<FlowState, string>> = {
  ok: "Well",
  impaired: "Impaired",
  failed: "Failed",
  unknown: "Not known here",
};

export interface StageRow {
  name: string;
  state: FlowState;
  reason: string;
  waiting: string;
  oldest: string;
}

export function toStageRows(flow: Flow | undefined): StageRow[] {
  if (flow === undefined)
    return FLOW_STAGES.map((stage) => ({
      name: STAGE_NAMES[stage],
      state: "unknown",
      reason: "",
      waiting: DASH,
      oldest: DASH,
    }));
  return flow.stages.map(({ stage, state, reason, waiting, oldest_seconds }) => ({
    name: STAGE_NAMES[stage],
    state,
    reason: reason ?? "",
    waiting:
      stage === "spool" ? formatBytes(waiting) : waiting === null ? DASH : `${formatCount(waiting)} messages`,
    oldest: formatSeconds(oldest_seconds),
  }));
}

const DROP_WORDS: Readonly<Record<(typeof DROP_REASONS)[number], string>> = {
  unrecorded: "The spool could not be written",
  missing_from_spool: "A number was given out and never came",
  dead_letter: "The sink could not store it",
  features: "Features were not made; the call is recorded",
  websocket_unread: "A WebSocket message passed unread",
  refused_call: "The gateway refused the call itself",
};

export interface DropRow {
  key: string;
  reason: string;
  detail: string;
  count: string;
}

/** In the order of the reasons: those that lose a record come before those that do not. */
export function toDropRows(drops: NonNullable<Flow["drops"]>): DropRow[] {
  return drops
    .toSorted((one, other) => DROP_REASONS.indexOf(one.reason) - DROP_REASONS.indexOf(other.reason))
    .map(({ reason, detail, count }) => ({
      key: `${reason} ${detail}`,
      reason: DROP_WORDS[reason],
      detail: detail.replaceAll("_", " "),
      count: formatCount(count),
    }));
}

function countDrops(drops: Flow["drops"], reason: (typeof DROP_REASONS)[number]): number {
  return (drops ?? []).filter((drop) => drop.reason === reason).reduce((sum, { count }) => sum + count, 0);
}

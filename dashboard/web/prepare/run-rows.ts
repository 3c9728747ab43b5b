// The rows of My runs. A run that may still go on, or whose outcomes may still fall due, says so: its figures are not final.

import { UNCREDITED_REASONS } from "../../../schemas/closed-lists.ts";
import type { RunsPage } from "../../../schemas/runs-api.ts";
import { toAmounts } from "./amounts.ts";
import { dayOf } from "./calendar.ts";
import { formatDay, formatTime } from "./format.ts";
import { nameClass, nameClient } from "./slices.ts";
import { explainReason } from "./uncredited-reasons.ts";

type Run = RunsPage["runs"][number];

export interface RunRow {
  runId: string;
  startedAt: string;
  /** `19 Nov, 14:05`, in the viewer's zone. */
  start: string;
  /** What the person calls it by a tag of theirs, or else the client; and beside it what is not in the name. */
  name: string;
  detail: string;
  className: string;
  isClassDeclared: boolean;
  costUsd: number | null;
  creditedShare: number | null;
  /** Why a part is not credited: `Retry, Auxiliary`; empty where nothing is left out. */
  uncredited: string;
  hasUnknownPart: boolean;
  /** Outcomes that count now, and those that may count later. */
  outcomes: { due: number; waiting: number; reversed: number };
  /** `2 due, 1 not due yet`. */
  outcomesText: string;
  /** `Open`, `Provisional until 2 Dec`, `Settled`. */
  state: string;
  isSettled: boolean;
}

const MODELS_SHOWN_MAX = 2;
const MINUTE_MS = 60_000;

/** How long after its last call a run may go on, in minutes, by how the run was put together. */
const QUIET_MINUTES: Readonly<Record<Run["run_source"], number>> = {
  explicit: 240,
  client: 240,
  chain: 240,
  idle: 30,
};

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toRunRows(runs: readonly Run[], now: Date, timezone?: string): RunRow[] {
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  return runs.map((run) => {
    const { costUsd, creditedShare } = toAmounts(run);
    const isOpen = now.getTime() - Date.parse(run.ended_at) < QUIET_MINUTES[run.run_source] * MINUTE_MS;
    const isSettled = Date.parse(run.settles_at) <= now.getTime();
    const day = formatDay(dayOf(new Date(run.started_at), viewerZone), today);
    return {
      runId: run.run_id,
      startedAt: run.started_at,
      start: `${day}, ${formatTime(run.started_at, viewerZone)}`,
      ...nameRun(run),
      className: nameClass(run.workload_class),
      isClassDeclared: run.workload_class !== null,
      costUsd,
      creditedShare,
      uncredited: nameReasons(run),
      hasUnknownPart: run.unknown_usage_calls > 0 || run.unpriced_calls > 0,
      outcomes: run.outcomes,
      outcomesText: nameOutcomes(run.outcomes),
      state: isOpen ? "Open" : describeState(run.settles_at, now, viewerZone),
      isSettled: isSettled && !isOpen,
    };
  });
}

/** `Settled`, or `Provisional until 2 Dec`: outcomes may fall due until then. */
export function describeState(settlesAt: string, now: Date, timezone?: string): string {
  if (Date.parse(settlesAt) <= now.getTime()) return "Settled";
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return `Provisional until ${formatDay(dayOf(new Date(settlesAt), viewerZone), dayOf(now, viewerZone))}`;
}

/** Tags are `name=value`; the value of the first by name says most, and the client says the rest. */
export function nameRun({
  tags,
  client,
  models,
}: Pick<Run, "tags" | "client" | "models">): Pick<RunRow, "name" | "detail"> {
  const [tag] = tags;
  const value = tag?.slice(tag.indexOf("=") + 1) ?? "";
  const made = nameModels(models);
  return value === ""
    ? { name: nameClient(client), detail: made }
    : { name: value, detail: `${nameClient(client)}, ${made}` };
}

function nameOutcomes({ due, waiting, reversed }: Run["outcomes"]): string {
  const parts = [
    { count: due, word: "due" },
    { count: waiting, word: "not due yet" },
    { count: reversed, word: "taken back" },
  ];
  const known = parts.filter(({ count }) => count > 0).map(({ count, word }) => `${count} ${word}`);
  return known.length === 0 ? "None linked" : known.join(", ");
}

function nameModels(models: readonly string[]): string {
  const shown = models.slice(0, MODELS_SHOWN_MAX).join(", ");
  const more = models.length - MODELS_SHOWN_MAX;
  if (models.length === 0) return "Unknown model";
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function nameReasons(run: Run): string {
  return UNCREDITED_REASONS.filter((reason) => run.uncredited_cost_usd[reason] !== undefined)
    .map((reason) => explainReason(reason).title)
    .join(", ");
}

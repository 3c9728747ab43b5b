// The rows of My runs. A run that may still go on says so: its figures are not final.

import { UNCREDITED_REASONS } from "../../../schemas/closed-lists.ts";
import type { RunsPage } from "../../../schemas/dashboard-api.ts";
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
  client: string;
  className: string;
  isClassDeclared: boolean;
  /** The first models by name, and how many there are beside them. */
  models: string;
  calls: number;
  costUsd: number | null;
  creditedShare: number | null;
  /** Why a part is not credited: `Retry, Auxiliary`; empty where nothing is left out. */
  uncredited: string;
  hasUnknownPart: boolean;
  isOpen: boolean;
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
    const day = formatDay(dayOf(new Date(run.started_at), viewerZone), today);
    return {
      runId: run.run_id,
      startedAt: run.started_at,
      start: `${day}, ${formatTime(run.started_at, viewerZone)}`,
      client: nameClient(run.client),
      className: nameClass(run.workload_class),
      isClassDeclared: run.workload_class !== null,
      models: nameModels(run.models),
      calls: run.calls,
      costUsd,
      creditedShare,
      uncredited: nameReasons(run),
      hasUnknownPart: run.unknown_usage_calls > 0 || run.unpriced_calls > 0,
      isOpen: now.getTime() - Date.parse(run.ended_at) < QUIET_MINUTES[run.run_source] * MINUTE_MS,
    };
  });
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

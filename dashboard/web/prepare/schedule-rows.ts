// The rows of the list of schedules.

import type { Schedule } from "../../../schemas/schedule-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay, formatTime } from "./format.ts";
import { nameClass } from "./slices.ts";

export interface ScheduleRow {
  scheduleId: string;
  name: string;
  /** Who registered it, where that was not the person; empty otherwise. */
  byOperator: string;
  cron: string;
  /** `UTC, and 15 minutes after`. */
  times: string;
  className: string;
  /** When it is due next, in the viewer's zone; a dash where there is no next time. */
  next: string;
  /** `Ended 3 Nov`; null while it holds. */
  ended: string | null;
}

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function toScheduleRows(schedules: readonly Schedule[], now: Date, timezone?: string): ScheduleRow[] {
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  const writeDay = (instant: string): string => formatDay(dayOf(new Date(instant), viewerZone), today);
  return schedules.map((schedule) => ({
    scheduleId: schedule.schedule_id,
    name: schedule.name,
    byOperator: schedule.is_by_operator ? "Registered by an operator" : "",
    cron: schedule.cron,
    times: `${schedule.timezone}, and ${schedule.minutes} minutes after${schedule.key_id === null ? "" : ", of one key"}`,
    className: nameClass(schedule.workload_class),
    next:
      schedule.next_at === null
        ? "–"
        : `${writeDay(schedule.next_at)}, ${formatTime(schedule.next_at, viewerZone)}`,
    ended: schedule.ended_at === null ? null : `Ended ${writeDay(schedule.ended_at)}`,
  }));
}

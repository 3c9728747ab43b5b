// Cost and outcomes by day, or by week where there are many: the columns, the outcomes of the same days below them, what they leave
// open in sentences, and the same figures as a table.

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useSyncExternalStore } from "react";
import type { Usage } from "../../../../schemas/dashboard-api.ts";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import { Skeleton } from "../../components/states.tsx";
import { dayOf } from "../../prepare/calendar.ts";
import {
  axisWidthPx,
  type DayColumn,
  medianDayUsd,
  toCostAxis,
  toDayColumns,
  toWeekColumns,
} from "../../prepare/day-columns.ts";
import { formatCost, formatCount, formatDay } from "../../prepare/format.ts";
import { explainUnknownParts } from "../../prepare/unknown-parts.ts";
import { daysBefore, type UsageView } from "../../prepare/usage-view.ts";
import { useSession } from "../../session.ts";
import { readUsage } from "../../api/usage.ts";
import { OutcomeDiamond } from "../runs/outcome-marks.tsx";
import { OutcomeStrip } from "./outcome-strip.tsx";
import { formatOutcomes, type OutcomeMarkCounts, toMarkCounts } from "../../prepare/usage-value.ts";
import type { UsageValue } from "../../../../schemas/usage-value-api.ts";

const DayChart = lazy(async () => ({ default: (await import("../../charts/day-chart.tsx")).DayChart }));

const CHART_HEIGHT_PX = 240;
const NARROW = "(max-width: 760px)";
/** The past does not change, so it is asked for once a visit. */
const PAST_FRESH_MS = 3_600_000;

export function CostByDay({
  usage,
  came,
  view,
}: {
  usage: Usage;
  /** Null until it is known. */
  came: UsageValue["came"] | null;
  view: UsageView;
}) {
  const { me, now } = useSession();
  const today = dayOf(now(), me.timezone);
  const computedDay = usage.computed_at === null ? null : dayOf(new Date(usage.computed_at), me.timezone);
  const { by } = view.range;
  const columns = toColumns(usage.days, { by, today, computedDay });
  const marks = toMarkCounts(columns, came ?? [], by);
  const past = usePastMedian(view, today, computedDay);
  const axis = toCostAxis(columns, past.medianUsd);
  const isNarrow = useMedia(NARROW);
  return (
    <section className="section" aria-labelledby="cost-by-day">
      <div className="section-head">
        <h2 id="cost-by-day">Cost and outcomes by {by}</h2>
        <Keys medianUsd={past.medianUsd} by={by} />
      </div>
      <figure aria-labelledby="cost-by-day">
        <div className="day-chart">
          <Suspense fallback={<Skeleton height={CHART_HEIGHT_PX} />}>
            <DayChart columns={columns} axis={axis} medianUsd={past.medianUsd} isNarrow={isNarrow} />
          </Suspense>
        </div>
        <OutcomeStrip marks={marks} axisWidth={axisWidthPx(axis)} />
      </figure>
      <ul className="chart-notes labels">
        {explainUnknownParts(usage.days, today).map((sentence) => (
          <li key={sentence}>? {sentence}</li>
        ))}
        {past.isMissing && <li>Your days before could not be loaded, so their median is not drawn.</li>}
      </ul>
      <details>
        <summary>Show as a table</summary>
        <DayTable columns={columns} marks={marks} today={today} by={by} />
      </details>
    </section>
  );
}

function Keys({ medianUsd, by }: { medianUsd: number | null; by: "day" | "week" }) {
  return (
    <ul className="keys">
      <li>
        <i className="swatch" /> Credited
      </li>
      <li>
        <i className="swatch" data-mark="uncredited" /> Not credited
      </li>
      {medianUsd !== null && (
        <li>
          <i className="swatch" data-mark="past" /> Your median {by} with calls before,{" "}
          {formatCost(medianUsd)}
        </li>
      )}
      <li>
        <OutcomeDiamond state="due" /> Outcome
      </li>
      <li>
        <OutcomeDiamond state="waiting" /> Not due yet
      </li>
    </ul>
  );
}

function DayTable({
  columns,
  marks,
  today,
  by,
}: {
  columns: readonly DayColumn[];
  marks: readonly OutcomeMarkCounts[];
  today: string;
  by: "day" | "week";
}) {
  return (
    <ScrollRegion label={`Table of cost and outcomes by ${by}`}>
      <table>
        <caption className="visually-hidden">Cost and outcomes by {by}</caption>
        <thead>
          <tr>
            <th scope="col">{by === "day" ? "Day" : "Week from"}</th>
            <th scope="col" className="right">
              Credited
            </th>
            <th scope="col" className="right">
              Not credited
            </th>
            <th scope="col" className="right">
              Calls
            </th>
            <th scope="col" className="right">
              Outcomes
            </th>
            <th scope="col" className="right">
              Not due yet
            </th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column, at) => (
            <tr key={column.day}>
              <th scope="row">
                {formatDay(column.day, today)}
                {column.isUnfinished && ", so far"}
              </th>
              <td className="right">{writeDayCost(column, column.creditedUsd)}</td>
              <td className="right">{writeDayCost(column, column.uncreditedUsd)}</td>
              <td className="right">{formatCount(column.calls)}</td>
              <td className="right">{formatOutcomes(marks[at]?.due ?? 0)}</td>
              <td className="right">{formatOutcomes(marks[at]?.waiting ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function writeDayCost(column: DayColumn, costUsd: number | null): string {
  if (costUsd === null) return column.calls === 0 ? "not yet added up" : formatCost(null);
  return `${formatCost(costUsd)}${column.hasUnknownPart ? " and unknown" : ""}`;
}

interface ColumnsContext {
  by: "day" | "week";
  today: string;
  computedDay: string | null;
}

function toColumns(days: Usage["days"], { by, today, computedDay }: ColumnsContext): DayColumn[] {
  const columns = toDayColumns(days, today, computedDay);
  return by === "day" ? columns : toWeekColumns(columns, today);
}

/** Of the same number of days just before those that are shown. */
function usePastMedian(view: UsageView, today: string, computedDay: string | null) {
  const { api, me } = useSession();
  const days = daysBefore(view.range, today);
  const past = useQuery({
    queryKey: ["usage", me.person_id, days],
    queryFn: () => readUsage(api, me.person_id, days),
    staleTime: PAST_FRESH_MS,
  });
  const { by } = view.range;
  const columns = toColumns(past.data?.days ?? [], { by, today, computedDay });
  return { medianUsd: medianDayUsd(columns, view.volume), isMissing: past.isError };
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (notify) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", notify);
      return () => media.removeEventListener("change", notify);
    },
    () => window.matchMedia(query).matches,
  );
}

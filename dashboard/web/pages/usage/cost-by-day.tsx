// Cost by day: the columns, what they leave open in sentences, and the same figures as a table.

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useSyncExternalStore } from "react";
import type { Usage } from "../../../../schemas/dashboard-api.ts";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import { Skeleton } from "../../components/states.tsx";
import { dayOf } from "../../prepare/calendar.ts";
import { type DayColumn, medianDayUsd, toCostAxis, toDayColumns } from "../../prepare/day-columns.ts";
import { formatCost, formatCount, formatDay } from "../../prepare/format.ts";
import { explainUnknownParts } from "../../prepare/unknown-parts.ts";
import { daysBefore, type UsageView } from "../../prepare/usage-view.ts";
import { useSession } from "../../session.ts";
import { readUsage } from "../../api/usage.ts";

const DayChart = lazy(async () => ({ default: (await import("../../charts/day-chart.tsx")).DayChart }));

const CHART_HEIGHT_PX = 240;
const NARROW = "(max-width: 760px)";
/** The past does not change, so it is asked for once a visit. */
const PAST_FRESH_MS = 3_600_000;

export function CostByDay({ usage, view }: { usage: Usage; view: UsageView }) {
  const { me, now } = useSession();
  const today = dayOf(now(), me.timezone);
  const computedDay = usage.computed_at === null ? null : dayOf(new Date(usage.computed_at), me.timezone);
  const columns = toDayColumns(usage.days, today, computedDay);
  const past = usePastMedian(view, today, computedDay);
  const isNarrow = useMedia(NARROW);
  return (
    <section className="section" aria-labelledby="cost-by-day">
      <div className="section-head">
        <h2 id="cost-by-day">Cost by day</h2>
        <Keys medianUsd={past.medianUsd} />
      </div>
      <figure aria-labelledby="cost-by-day">
        <div className="day-chart">
          <Suspense fallback={<Skeleton height={CHART_HEIGHT_PX} />}>
            <DayChart
              columns={columns}
              axis={toCostAxis(columns, past.medianUsd)}
              medianUsd={past.medianUsd}
              isNarrow={isNarrow}
            />
          </Suspense>
        </div>
      </figure>
      <ul className="chart-notes labels">
        {explainUnknownParts(usage.days, today).map((sentence) => (
          <li key={sentence}>? {sentence}</li>
        ))}
        {past.isMissing && <li>Your days before could not be loaded, so their median is not drawn.</li>}
      </ul>
      <details>
        <summary>Show as a table</summary>
        <DayTable columns={columns} today={today} />
      </details>
    </section>
  );
}

function Keys({ medianUsd }: { medianUsd: number | null }) {
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
          <i className="swatch" data-mark="past" /> Your median day with calls before, {formatCost(medianUsd)}
        </li>
      )}
    </ul>
  );
}

function DayTable({ columns, today }: { columns: readonly DayColumn[]; today: string }) {
  return (
    <ScrollRegion label="Table of cost by day">
      <table>
        <caption className="visually-hidden">Cost by day</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" className="right">
              Credited
            </th>
            <th scope="col" className="right">
              Not credited
            </th>
            <th scope="col" className="right">
              Calls
            </th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.day}>
              <th scope="row">
                {formatDay(column.day, today)}
                {column.isUnfinished && ", so far"}
              </th>
              <td className="right">{writeDayCost(column, column.creditedUsd)}</td>
              <td className="right">{writeDayCost(column, column.uncreditedUsd)}</td>
              <td className="right">{formatCount(column.calls)}</td>
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

/** Of the same number of days just before those that are shown. */
function usePastMedian(view: UsageView, today: string, computedDay: string | null) {
  const { api, me } = useSession();
  const days = daysBefore(view.range, today);
  const past = useQuery({
    queryKey: ["usage", me.person_id, days],
    queryFn: () => readUsage(api, me.person_id, days),
    staleTime: PAST_FRESH_MS,
  });
  const columns = toDayColumns(past.data?.days ?? [], today, computedDay);
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

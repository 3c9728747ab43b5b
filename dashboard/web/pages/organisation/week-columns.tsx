// Stacked columns of weeks on the base line of zero, as plain boxes: a week that may not be shown is a gap. The same figures stand in
// the table beneath, so that the picture is hidden from screen readers.

import { formatDay } from "../../prepare/format.ts";
import type { Series } from "../../prepare/organisation-view.ts";
import { toUsdAxis } from "../../prepare/usd-axis.ts";

const LABELS_MAX = 6;

export function WeekColumns({
  weeks,
  series,
  today,
}: {
  weeks: readonly string[];
  series: readonly Series[];
  today: string;
}) {
  const totals = weeks.map((_week, at) => series.reduce((sum, { weeksUsd }) => sum + (weeksUsd[at] ?? 0), 0));
  const { maxUsd, ticksUsd } = toUsdAxis(Math.max(0, ...totals));
  const every = Math.ceil(weeks.length / LABELS_MAX);
  return (
    <div className="week-columns" aria-hidden="true">
      <div className="week-axis labels">
        {ticksUsd.map((usd) => (
          <span key={usd} style={{ bottom: `${(usd / maxUsd) * 100}%` }}>
            ${usd}
          </span>
        ))}
      </div>
      <div className="week-plot">
        {ticksUsd.map((usd) => (
          <i key={usd} className="week-line" style={{ bottom: `${(usd / maxUsd) * 100}%` }} />
        ))}
        {weeks.map((week, at) => (
          <div key={week} className="week-column">
            {series.map(({ name, weeksUsd: { [at]: usd } }, index) =>
              usd == null || usd === 0 ? null : (
                <i
                  key={name ?? ""}
                  data-series={name === null ? "others" : index + 1}
                  style={{ height: `${(usd / maxUsd) * 100}%` }}
                />
              ),
            )}
          </div>
        ))}
      </div>
      <div className="week-labels labels">
        {weeks.map((week, at) => (
          <span key={week}>{(weeks.length - 1 - at) % every === 0 ? formatDay(week, today) : ""}</span>
        ))}
      </div>
    </div>
  );
}

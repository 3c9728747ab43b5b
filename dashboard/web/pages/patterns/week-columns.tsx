// One measure of a pattern by week, against its floor: a column a week, written on, and the floor as a line across.
//
// Always holds: columns start at 0; a week in which the signal did not speak is a gap; weeks that count no longer are paler, and stay.

import type { MeasuredWeek } from "../../prepare/pattern-measurements.ts";

interface WeekColumnsProps {
  /** What it is, for whoever can't see it: `Replay by week`. */
  label: string;
  weeks: readonly MeasuredWeek[];
  /** In the unit of the weeks, with its words; null: there is none to draw. */
  floor: { value: number; text: string } | null;
  /** Of the axis: 1 for shares; undefined: the largest of them. */
  max?: number;
}

export function WeekColumns({ label, weeks, floor, max }: WeekColumnsProps) {
  const largest = Math.max(floor?.value ?? 0, ...weeks.map(({ value }) => value ?? 0));
  const scale = max ?? (largest === 0 ? 1 : largest * 1.15);
  const height = (value: number) => `${(Math.min(value / scale, 1) * 100).toFixed(2)}%`;
  return (
    <figure className="week-columns">
      <table className="visually-hidden">
        <caption>
          {label}
          {floor !== null && `. The floor is ${floor.text}.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Week</th>
            <th scope="col">Measured</th>
          </tr>
        </thead>
        <tbody>
          {weeks.map(({ week, text }) => (
            <tr key={week}>
              <th scope="row">{week}</th>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="week-plot" aria-hidden="true">
        {floor !== null && (
          <div className="week-floor" style={{ bottom: height(floor.value) }}>
            <span>floor {floor.text}</span>
          </div>
        )}
        {weeks.map(({ week, value, text, isRecent }) => (
          <div key={week} className="week-column">
            {value !== null && (
              <>
                <span className="week-value">{text}</span>
                <i data-past={isRecent ? undefined : ""} style={{ height: height(value) }} />
              </>
            )}
          </div>
        ))}
      </div>
      <div className="week-labels" aria-hidden="true">
        {weeks.map(({ week, label: name }) => (
          <span key={week}>{name}</span>
        ))}
      </div>
    </figure>
  );
}

// Person-weeks around a target: columns, a smooth curve, and what lies above it just past the target, marked as meant.

import type { TargetAnswer } from "../../../../schemas/organisation-api.ts";
import { formatCount } from "../../prepare/format.ts";
import { writeEdge } from "../../prepare/organisation-words.ts";
import { type TargetColumn, toTargetPicture } from "../../prepare/target-columns.ts";

const percent = (share: number) => `${share * 100}%`;

export function TargetColumns({ target }: { target: TargetAnswer }) {
  const { columns, target: at, curve, ticks, summary } = toTargetPicture(target);
  const { measure, threshold, excess_person_weeks } = target;
  return (
    <figure aria-label={summary}>
      <div className="target-columns" aria-hidden="true">
        <div className="week-axis labels">
          {ticks.map((tick) => (
            <span key={tick.label} style={{ bottom: percent(tick.at) }}>
              {tick.label}
            </span>
          ))}
        </div>
        <div className="target-plot">
          {ticks.map((tick) => (
            <i key={tick.label} className="week-line" style={{ bottom: percent(tick.at) }} />
          ))}
          {columns.map(({ label, left, width, height, excessHeight }) => (
            <div key={label} className="target-column" style={{ left: percent(left), width: percent(width) }}>
              <i style={{ height: percent(height - excessHeight) }} />
              {excessHeight > 0 && <i data-mark="excess" style={{ height: percent(excessHeight) }} />}
            </div>
          ))}
          <svg className="target-curve" viewBox="0 0 100 100" preserveAspectRatio="none">
            <polyline points={curve.map(({ x, y }) => `${x * 100},${100 - y * 100}`).join(" ")} />
          </svg>
          <i className="target-line" style={{ left: percent(at) }} />
          <span className="target-label labels" style={{ left: percent(at) }}>
            target, {writeEdge(measure, threshold)}
          </span>
          {excess_person_weeks !== null && (
            <span className="excess-label" style={{ left: percent(at + (columns[0]?.width ?? 0) + 0.02) }}>
              <strong>about {formatCount(excess_person_weeks)} more</strong>
              <br />
              than a smooth curve
            </span>
          )}
        </div>
        <div className="target-edges labels">
          {columns.map(({ label, left }, index) => (
            <span key={label} style={{ left: percent(left) }}>
              {writeEdge(measure, target.columns[index]?.from ?? 0)}
              {target.columns[index]?.to === null && "+"}
            </span>
          ))}
        </div>
      </div>
      <ul className="keys chart-notes">
        <li>
          <i className="swatch" data-mark="weeks" /> Person-weeks
        </li>
        {excess_person_weeks !== null && (
          <li>
            <i className="swatch" data-mark="excess" /> More than expected
          </li>
        )}
        <li>
          <i className="swatch" data-mark="past" /> Smooth curve
        </li>
      </ul>
      <details>
        <summary>Show as a table</summary>
        <ColumnTable columns={columns} unit={UNITS[measure]} />
      </details>
    </figure>
  );
}

const UNITS = { weekly_calls: "Calls", weekly_cost_usd: "Cost", weekly_tokens: "Tokens" } as const;

function ColumnTable({ columns, unit }: { columns: readonly TargetColumn[]; unit: string }) {
  return (
    <table>
      <caption className="visually-hidden">Person-weeks around the target</caption>
      <thead>
        <tr>
          <th scope="col">{unit} in a week</th>
          <th scope="col" className="right">
            Person-weeks
          </th>
        </tr>
      </thead>
      <tbody>
        {columns.map(({ label, personWeeks }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td className="right">{formatCount(personWeeks)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

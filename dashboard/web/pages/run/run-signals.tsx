// The mechanisms that were measured in the weeks of a run, each against its floor, as far as they were measured by this run.

import { FloorBar } from "../../components/floor-bar.tsx";
import { describeSignals, type SignalRow, toSignalRows } from "../../prepare/run-signals.ts";
import type { RunValue } from "../../../../schemas/run-value-api.ts";
import { useSession } from "../../session.ts";

export function RunSignals({ value }: { value: RunValue }) {
  const { me, now } = useSession();
  const { rows, others } = toSignalRows(value, now(), me.timezone);
  return (
    <section className="section" aria-labelledby="signals">
      <div className="section-head">
        <div>
          <h2 id="signals">Mechanisms measured</h2>
          <p>{describeSignals(rows, others)}</p>
        </div>
      </div>
      {rows.length > 0 && (
        <table className="run-signals">
          <caption className="visually-hidden">Mechanisms, each against its floor</caption>
          <thead>
            <tr>
              <th scope="col">Mechanism</th>
              <th scope="col">Measured, and its floor</th>
              <th scope="col" className="right">
                Result
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <SignalRowView key={row.key} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function SignalRowView({ row: { title, measure, week, effect, floor, result } }: { row: SignalRow }) {
  return (
    <tr>
      <th scope="row">
        {title}
        <div className="labels">
          {measure}. {week}.
        </div>
      </th>
      <td>
        <FloorBar
          value={effect}
          floor={floor}
          valueText={effect.toFixed(2)}
          floorText={floor.toFixed(2)}
          end={1}
        />
      </td>
      <td className="right">{result}</td>
    </tr>
  );
}

// The mechanisms that were measured in the weeks of a run, each against its floor, as far as they were measured by this run.

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
        <table>
          <caption className="visually-hidden">Mechanisms, each against its floor</caption>
          <thead>
            <tr>
              <th scope="col">Mechanism</th>
              <th scope="col" className="right">
                Measured
              </th>
              <th scope="col" className="wide" aria-hidden="true" />
              <th scope="col" className="right">
                Floor
              </th>
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

function SignalRowView({ row }: { row: SignalRow }) {
  return (
    <tr>
      <th scope="row">
        {row.title}
        <div className="labels">
          {row.measure}. {row.week}.
        </div>
      </th>
      <td className="right">{row.effect.toFixed(2)}</td>
      <td className="wide floor-cell" aria-hidden="true">
        <div className="floor-line">
          <span className="floor-measured" style={{ width: `${row.effect * 100}%` }} />
          <span className="floor-mark" style={{ left: `${row.floor * 100}%` }} />
        </div>
      </td>
      <td className="right quiet">{row.floor.toFixed(2)}</td>
      <td className="right">{row.result}</td>
    </tr>
  );
}

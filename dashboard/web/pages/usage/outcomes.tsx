// What came of it: outcomes that count, those that were taken back, and those that are not due yet.

import type { UsageValue } from "../../../../schemas/usage-value-api.ts";
import { Link, PATHS } from "../../location.tsx";
import { type OutcomeRow, toOutcomeRows, toWaitingRows } from "../../prepare/usage-value.ts";

export function Outcomes({ came, today }: { came: UsageValue["came"]; today: string }) {
  const { due, reversed } = toOutcomeRows(came);
  const waiting = toWaitingRows(came, today);
  return (
    <div className="split">
      <section aria-labelledby="outcomes">
        <div className="section-head">
          <div>
            <h2 id="outcomes">Outcomes</h2>
            <p>
              Linked to your runs, by your shares in them. Something missing? Say it on{" "}
              <Link href={PATHS.runs}>the run that it came of</Link>.
            </p>
          </div>
        </div>
        {due.length === 0 ? (
          <p className="notes">None of these days counts yet. Unseen is not zero.</p>
        ) : (
          <OutcomeTable caption="What happened" rows={due} />
        )}
        {reversed.length > 0 && <OutcomeTable caption="Taken back" rows={reversed} />}
      </section>
      <section aria-labelledby="not-due">
        <div className="section-head">
          <div>
            <h2 id="not-due">Not due yet</h2>
            <p>
              {waiting.length === 0
                ? "Nothing of these days is waiting for its time."
                : "These count when their time has passed. Until then the runs are provisional."}
            </p>
          </div>
        </div>
        <ul className="waiting-list">
          {waiting.map(({ title, from }) => (
            <li key={`${title} ${from}`}>
              <span>{title}</span>
              <span className="number">{from}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function OutcomeTable({ caption, rows }: { caption: string; rows: readonly OutcomeRow[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{caption}</th>
          <th scope="col" className="right">
            Outcomes
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ title, outcomes }) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            <td className="right">{outcomes}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

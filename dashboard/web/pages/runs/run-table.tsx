// The table of runs. On narrow screens the least needed columns drop; client and state then stand under the start.

import { Bar } from "../../charts/bar.tsx";
import { Link } from "../../location.tsx";
import { formatCost, formatCount, formatShare, formatUtc } from "../../prepare/format.ts";
import type { RunRow } from "../../prepare/run-rows.ts";
import { runPath } from "../../prepare/runs-view.ts";

export function RunTable({ rows }: { rows: readonly RunRow[] }) {
  return (
    <table className="runs">
      <caption className="visually-hidden">Runs, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Start</th>
          <th scope="col" className="wide">
            Client
          </th>
          <th scope="col" className="wide">
            Class
          </th>
          <th scope="col" className="wide">
            Models
          </th>
          <th scope="col" className="right wide">
            Calls
          </th>
          <th scope="col" className="right">
            Cost
          </th>
          <th scope="col" className="right">
            Credited
          </th>
          <th scope="col" className="wide">
            State
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <RunRowView key={row.runId} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function RunRowView({ row }: { row: RunRow }) {
  return (
    <tr>
      <th scope="row">
        <Link href={runPath(row.runId)} title={formatUtc(row.startedAt)}>
          {row.start}
        </Link>
        <div className="labels narrow">
          {row.client}, {row.isOpen ? "open" : "ended"}
        </div>
      </th>
      <td className="wide">{row.client}</td>
      <td className={row.isClassDeclared ? "wide" : "wide quiet"}>{row.className}</td>
      <td className="wide">{row.models}</td>
      <td className="right wide">{formatCount(row.calls)}</td>
      <td className="right">
        {formatCost(row.costUsd)}
        {row.hasUnknownPart && row.costUsd !== null && <div className="labels">and unknown</div>}
      </td>
      <td className="right">
        <CreditedShare row={row} />
      </td>
      <td className="wide">
        {row.isOpen ? <span className="chip">Open</span> : <span className="quiet">Ended</span>}
      </td>
    </tr>
  );
}

function CreditedShare({ row: { creditedShare, uncredited } }: { row: RunRow }) {
  return (
    <>
      <div className="share-bar">
        {creditedShare !== null && (
          <Bar
            parts={[
              { name: "credited", length: creditedShare },
              { name: "uncredited", length: 1 - creditedShare, mark: "uncredited" },
            ]}
          />
        )}
        <span className="share-figure">{formatShare(creditedShare)}</span>
      </div>
      {uncredited !== "" && <div className="labels">{uncredited}</div>}
    </>
  );
}

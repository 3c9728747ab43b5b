// The table of runs. Headings that order it are addresses. On narrow screens the least needed columns drop; class and state then
// stand under the start.

import { Bar } from "../../charts/bar.tsx";
import { OutcomeMarks } from "./outcome-marks.tsx";
import { Link } from "../../location.tsx";
import { formatCost, formatShare, formatUtc } from "../../prepare/format.ts";
import type { RunRow } from "../../prepare/run-rows.ts";
import { changeRunsView, runPath, runsAddress, SORT_LABELS, type RunsView } from "../../prepare/runs-view.ts";
import type { RunSort } from "../../../../schemas/runs-api.ts";

export function RunTable({ rows, view }: { rows: readonly RunRow[]; view: RunsView }) {
  return (
    <table className="runs">
      <caption className="visually-hidden">Your runs, by {SORT_LABELS[view.sort].toLowerCase()}</caption>
      <thead>
        <tr>
          <SortHeading sort="start" view={view} />
          <th scope="col">Tag or client</th>
          <th scope="col" className="wide">
            Class
          </th>
          <SortHeading sort="cost" view={view} className="right" />
          <th scope="col" className="wide">
            Credited
          </th>
          <SortHeading sort="outcomes" view={view} />
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

function SortHeading({ sort, view, className }: { sort: RunSort; view: RunsView; className?: string }) {
  const isSorted = view.sort === sort;
  return (
    <th scope="col" className={className} aria-sort={isSorted ? "descending" : "none"}>
      <Link className="sort-link" href={runsAddress(changeRunsView(view, { sort }))}>
        {SORT_LABELS[sort]}
        <span aria-hidden="true">{isSorted ? " ↓" : ""}</span>
      </Link>
    </th>
  );
}

function RunRowView({ row }: { row: RunRow }) {
  return (
    <tr>
      <th scope="row" className="run-start">
        <Link href={runPath(row.runId)} title={formatUtc(row.startedAt)}>
          {row.start}
        </Link>
        <div className="labels narrow">{row.state}</div>
      </th>
      <td className="slice-name">
        {row.name}
        <div className="labels wide">{row.detail}</div>
      </td>
      <td className={row.isClassDeclared ? "wide" : "wide quiet"}>{row.className}</td>
      <td className="right">
        {formatCost(row.costUsd)}
        {row.hasUnknownPart && row.costUsd !== null && <div className="labels">and unknown</div>}
      </td>
      <td className="wide">
        <CreditedShare row={row} />
      </td>
      <td>
        <OutcomeMarks outcomes={row.outcomes} text={row.outcomesText} />
      </td>
      <td className="wide">
        <span className={row.isSettled ? "quiet" : "chip"}>{row.state}</span>
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

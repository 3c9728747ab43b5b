// The outcomes of a run as diamonds: full where they count, hollow where they do not yet. Beyond a few the number stands beside one.

import type { RunRow } from "../../prepare/run-rows.ts";

const MARKS_MAX = 5;

export function OutcomeMarks({ outcomes, text }: { outcomes: RunRow["outcomes"]; text: string }) {
  const { due, waiting } = outcomes;
  if (due + waiting + outcomes.reversed === 0) return <span className="quiet">–</span>;
  return (
    <span className="outcome-marks" role="img" aria-label={text} title={text}>
      <Marks count={due} state="due" />
      <Marks count={waiting} state="waiting" />
      {due + waiting === 0 && <span className="labels">taken back</span>}
    </span>
  );
}

function Marks({ count, state }: { count: number; state: "due" | "waiting" }) {
  if (count > MARKS_MAX)
    return (
      <>
        <OutcomeDiamond state={state} />
        <span className="number">{count}</span>
      </>
    );
  return Array.from({ length: count }, (_mark, place) => <OutcomeDiamond key={place} state={state} />);
}

export function OutcomeDiamond({ state }: { state: "due" | "waiting" | "void" }) {
  return (
    <svg className="outcome-diamond" data-state={state} viewBox="0 0 12 12" aria-hidden="true">
      <path d="M6 1 11 6 6 11 1 6Z" />
    </svg>
  );
}

// Outcomes as diamonds below the columns of their days: full where they count, hollow where they do not yet. Beyond a few the number
// stands beside one. The table of the same days has the figures for whoever can't see it.

import { formatOutcomes, type OutcomeMarkCounts } from "../../prepare/usage-value.ts";
import { OutcomeDiamond } from "../runs/outcome-marks.tsx";

/** Of one state, above each other. */
const MARKS_MAX = 3;

export function OutcomeStrip({
  marks,
  axisWidth,
}: {
  marks: readonly OutcomeMarkCounts[];
  /** Of the chart above, in pixels. */
  axisWidth: number;
}) {
  if (marks.every(({ due, waiting }) => due + waiting === 0)) return null;
  return (
    <div className="outcome-strip" aria-hidden="true" style={{ marginLeft: axisWidth }}>
      {marks.map(({ due, waiting }, at) => (
        // A column has no other name than its place.
        <div key={at}>
          <Marks outcomes={waiting} state="waiting" />
          <Marks outcomes={due} state="due" />
        </div>
      ))}
    </div>
  );
}

function Marks({ outcomes, state }: { outcomes: number; state: "due" | "waiting" }) {
  const whole = Math.ceil(outcomes - 0.01);
  if (whole <= MARKS_MAX)
    return Array.from({ length: whole }, (_mark, place) => <OutcomeDiamond key={place} state={state} />);
  return (
    <>
      <span className="labels number">{formatOutcomes(outcomes)}</span>
      <OutcomeDiamond state={state} />
    </>
  );
}

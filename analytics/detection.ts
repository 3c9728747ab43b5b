// Mechanisms: brings signal_references and week_signals up to date.

import type { AnalysisPass } from "./pass.ts";

/** Runs every signal over the person-weeks that were touched. */
export async function detectSignals(_pass: AnalysisPass): Promise<void> {}

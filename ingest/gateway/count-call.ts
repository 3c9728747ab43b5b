// What the metrics and the log learn of a call that has ended: how it ended, and whether its usage adds up. What does not add up
// is kept as it was reported, both the parts and the totals (`usage_raw`).

import type { Logger } from "pino";
import type { TerminatedBy } from "../../schemas/closed-lists.ts";
import type { Metrics } from "../../schemas/metrics.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { hasMismatch, type Reading } from "./providers/provider.ts";

export interface CallCounter {
  log: Logger;
  metrics: Metrics;
}

export function countCall(
  { log, metrics }: CallCounter,
  { provider, event_id }: TokenEvent,
  { terminatedBy, reading }: { terminatedBy: TerminatedBy; reading: Reading | undefined },
): void {
  metrics.calls.inc({ provider, ended: terminatedBy });
  if (!reading || !hasMismatch(reading)) return;
  metrics.usageMismatches.inc({ provider });
  log.warn({ event_id }, "usage does not add up");
}

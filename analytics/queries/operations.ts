// When a call tries an earlier one again, as SQL over the columns of call-facts.ts. One rule for two uses: which attempts are one
// operation (calls.ts), and whether a retry belongs to the run of what it repeats (linkable-calls.ts).
//
// A call repeats the one before it with the same body when it starts within 10 minutes after that one failed, or, as some wait
// longer when a provider tells them to, when the client itself counts it as a retry. Where the body's hash is unknown only the
// client's count can tell, among the calls of one run key and model.

import { RUN_PAUSE_HOURS } from "./call-facts.ts";

/** The same body after a failure is a retry for so long, the last moment included. */
export const RETRY_MINUTES = 10;

/** Whether the call repeats another, of which it is known whether it failed and when it ended. */
export function repeats(failed: string, endedAt: string): string {
  return `(${failed} AND started_at >= ${endedAt} AND (
        (isNotNull(body_hash) AND started_at <= ${endedAt} + INTERVAL ${RETRY_MINUTES} MINUTE)
        OR (ifNull(client_retry_count, 0) > 0 AND started_at < ${endedAt} + INTERVAL ${RUN_PAUSE_HOURS} HOUR)))`;
}

// Imported calls that the gateway recorded as well: an import may come before the gateway's own record, when that waits in a spool.
// The gateway's record counts, and the imported one is left out as long as both are there. They are told by the provider's id of the
// answer; a transcript's time may be off by a day at the most. Without FINAL, because all versions of an event say the same of this,
// and where nothing was imported next to nothing is read.

/** Between the two records of one call. */
export const REPEATED_HOURS_MAX = 24;

const IMPORTED = "gateway_id = '' AND isNotNull(response_id)";

/**
 * Ids of the imported events that repeat a call of the gateway, as a subquery.
 * @param from SQL of the start of the earliest event that is asked for; needs the parameter `now`
 */
export function repeatedImports(from: string): string {
  const imported = `FROM token_events
      WHERE started_at >= ${from} AND expires_at > {now:DateTime64(3)} AND ${IMPORTED}`;
  return `(
    SELECT imported.event_id
    FROM (SELECT event_id, response_id, started_at ${imported}) AS imported
    INNER JOIN (
      SELECT response_id, started_at FROM token_events
      WHERE started_at >= (SELECT minOrNull(started_at) ${imported}) - INTERVAL ${REPEATED_HOURS_MAX} HOUR AND expires_at > {now:DateTime64(3)}
        AND gateway_id != '' AND response_id GLOBAL IN (SELECT response_id ${imported})
    ) AS recorded ON recorded.response_id = imported.response_id
    WHERE abs(dateDiff('second', recorded.started_at, imported.started_at)) <= ${REPEATED_HOURS_MAX * 3600}
  )`;
}

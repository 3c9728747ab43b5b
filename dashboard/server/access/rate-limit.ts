// How often in a minute: an address may try to sign in, a session or a personal access token may read and change. A token can't be
// guessed at any rate; this keeps somebody who tries, and a program that runs in circles, from keeping the stores busy.
//
// Always holds: memory is bounded. When the table is full its oldest entry goes, so that a flood under many names makes the limit
// weaker and never makes anybody wait who did not flood.

const WINDOW_MS = 60_000;
/** Addresses, sessions and tokens that are counted at the same time. */
export const COUNTED_MAX = 10_000;

/** Of one address: tries to sign in. */
export const ATTEMPTS_MAX = 20;
/** Of one session or personal access token. */
export const READS_MAX = 600;
export const CHANGES_MAX = 60;
/** Of one address without a session, behind which may be a proxy and a whole organisation on a Monday morning. */
export const ANONYMOUS_MAX = 6000;

export interface RateLimit {
  /** Counts one more of somebody. Returns how many seconds to wait, 0 when there is no need to. */
  count(who: string, now: Date): number;
}

/** @param max in a minute */
export function createRateLimit(max: number): RateLimit {
  /** In the order in which their windows began, which is the order of a Map. */
  const windows = new Map<string, { startedAtMs: number; count: number }>();
  return {
    count(who, now) {
      const nowMs = now.getTime();
      const window = windows.get(who);
      if (window !== undefined && nowMs - window.startedAtMs < WINDOW_MS) {
        window.count++;
        return window.count <= max ? 0 : Math.ceil((window.startedAtMs + WINDOW_MS - nowMs) / 1000);
      }
      windows.delete(who);
      const [oldest] = windows.keys();
      if (windows.size >= COUNTED_MAX && oldest !== undefined) windows.delete(oldest);
      windows.set(who, { startedAtMs: nowMs, count: 1 });
      return 0;
    },
  };
}

// How often one address may try to sign in. A token can't be guessed at any rate; this keeps somebody who tries from
// keeping the store busy.
//
// Always holds: memory is bounded. When the table is full its oldest entry goes, so that a flood from many addresses makes
// the limit weaker and never makes anybody wait who did not flood.

export const ATTEMPTS_MAX = 20;
const WINDOW_MS = 60_000;
export const ADDRESSES_MAX = 10_000;

export interface AttemptLimit {
  /** Counts an attempt. Returns how many seconds to wait, 0 when there is no need to. */
  attempt(address: string, now: Date): number;
}

export function createAttemptLimit(): AttemptLimit {
  /** In the order in which their windows began, which is the order of a Map. */
  const windows = new Map<string, { startedAtMs: number; attempts: number }>();
  return {
    attempt(address, now) {
      const nowMs = now.getTime();
      const window = windows.get(address);
      if (window !== undefined && nowMs - window.startedAtMs < WINDOW_MS) {
        window.attempts++;
        return window.attempts <= ATTEMPTS_MAX
          ? 0
          : Math.ceil((window.startedAtMs + WINDOW_MS - nowMs) / 1000);
      }
      windows.delete(address);
      const [oldest] = windows.keys();
      if (windows.size >= ADDRESSES_MAX && oldest !== undefined) windows.delete(oldest);
      windows.set(address, { startedAtMs: nowMs, attempts: 1 });
      return 0;
    },
  };
}

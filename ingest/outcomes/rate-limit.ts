// How many requests a caller may send in a minute.
//
// Always holds: memory is bounded. When the table is full its oldest entry goes, and that caller begins anew.

const WINDOW_MS = 60_000;
const CALLERS_MAX = 10_000;

export interface RateLimit {
  /** Counts a request. Returns whether it is one too many. */
  isExceeded(caller: string, requestsMax: number, now: Date): boolean;
}

export function createRateLimit(): RateLimit {
  /** In the order in which their windows began, which is the order of a Map. */
  const windows = new Map<string, { startedAtMs: number; requests: number }>();
  return {
    isExceeded(caller, requestsMax, now) {
      const nowMs = now.getTime();
      const window = windows.get(caller);
      if (window !== undefined && nowMs - window.startedAtMs < WINDOW_MS) {
        window.requests++;
        return window.requests > requestsMax;
      }
      windows.delete(caller);
      const [oldest] = windows.keys();
      if (windows.size >= CALLERS_MAX && oldest !== undefined) windows.delete(oldest);
      windows.set(caller, { startedAtMs: nowMs, requests: 1 });
      return false;
    },
  };
}

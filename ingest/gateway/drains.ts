// Calls whose client has left, and whose provider is heard out all the same, because only its last word says what the call
// used. Bounded in time, bytes and number; beyond that a call is broken off and estimated.

export const DRAIN_MS_MAX = 60_000;
export const DRAIN_BYTES_MAX = 16 * 1024 * 1024;
export const DRAINS_MAX = 64;

export interface Drains {
  /** Takes a place, and gives the function that gives it back; undefined where all are taken. */
  enter(): (() => void) | undefined;
}

export function createDrains(): Drains {
  let taken = 0;
  return {
    enter() {
      if (taken >= DRAINS_MAX) return undefined;
      taken++;
      return () => taken--;
    },
  };
}

// What a part of the process remembers while it can't do its work: the log has it once, because the next try is seconds away, and the
// health of the process says so until a try succeeds.

import { errorMessage } from "../schemas/app-error.ts";
import { toAppError } from "../schemas/postgres/errors.ts";
import type { PartCheck } from "../schemas/vitals.ts";

export interface Outage {
  /** A try has failed. */
  note(error: unknown): void;
  /** A try has succeeded. */
  end(): void;
  check: PartCheck;
}

export interface OutageWords {
  /** What the log says: "patterns could not be brought up to date". */
  event: string;
  /** What the health says, up to the cause: "Patterns wait". */
  state: () => string;
}

export function createOutage(
  log: { error(fields: object, message: string): void },
  { event, state }: OutageWords,
): Outage {
  let cause: string | undefined;
  return {
    note(error) {
      const appError = toAppError(error);
      if (cause === undefined) log.error({ err: appError }, event);
      cause = errorMessage(appError);
    },
    end: () => void (cause = undefined),
    check: () =>
      cause === undefined ? { state: "ok" } : { state: "impaired", reason: `${state()}: ${cause}` },
  };
}

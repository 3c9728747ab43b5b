// Brings what people declared beside their calls from Postgres, where they decide it, to ClickHouse, where runs get their class:
// corrections of single runs, and the times of registered schedules. It is done before each pass of analytics.
//
// Always holds: a pass goes on when a server is away, or does not answer, with what ClickHouse knows; the health of the process
// says so. What can't be written now is written by a later call.

import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "../schemas/app-error.ts";
import type { PartCheck } from "../schemas/vitals.ts";
import { createOutage } from "./outage.ts";
import { writeDeclaredClasses, type DeclaredClassesStores } from "./write-declared-classes.ts";

/** A server may be there and not answer; a pass does not wait for it longer than this. */
const WRITE_MS_MAX = 30_000;

export interface DeclaredClassesOptions extends DeclaredClassesStores {
  /** The clock that also stamps records when they come in. */
  clock: () => Date;
  log: { error(fields: object, message: string): void };
  /** How long a pass waits. */
  writeMsMax?: number;
}

export interface DeclaredClasses {
  /**
   * Writes what ClickHouse does not have yet, or with `full` everything again, as of `now`. Never rejects: what can't be written
   * now is written by a later call.
   * @returns how many declarations were written
   */
  sync(options?: { full?: boolean; now?: Date | undefined }): Promise<number>;
  /** Whether the last call could write. */
  check: PartCheck;
}

export function createDeclaredClasses({
  clock,
  log,
  writeMsMax = WRITE_MS_MAX,
  ...options
}: DeclaredClassesOptions): DeclaredClasses {
  let writing: Promise<number> | undefined;
  let writtenAt: Date | undefined;
  const outage = createOutage(log, {
    event: "declared classes could not be read or written",
    state: () => `Classes that people declared are as of ${toText(writtenAt)}`,
  });

  /** One at a time; what takes too long goes on while others no longer wait for it. */
  async function write(full: boolean, now: Date | undefined): Promise<number> {
    if (writing !== undefined) throw tooSlow();
    const clockTime = clock();
    writing = writeDeclaredClasses(options, { now: now ?? clockTime, clockTime, full });
    // The race tells of a failure. Of one that comes after it the next call will, which tries the same again.
    writing.catch(() => undefined).finally(() => (writing = undefined));
    const waited = new AbortController();
    const limit = wait(writeMsMax, undefined, { signal: waited.signal });
    try {
      const written = await Promise.race([writing, limit]);
      if (written === undefined) throw tooSlow();
      writtenAt = clockTime;
      return written;
    } finally {
      limit.catch(() => undefined);
      waited.abort();
    }
  }

  return {
    async sync({ full = false, now } = {}) {
      try {
        const written = await write(full, now);
        outage.end();
        return written;
      } catch (error) {
        outage.note(error);
        return 0;
      }
    },
    check: outage.check,
  };
}

function tooSlow(): AppError {
  return new AppError("timeout", "Postgres or ClickHouse takes long over them.", { retry: true });
}

function toText(time: Date | undefined): string {
  return time?.toISOString() ?? "before this process began";
}

// What the spool could not take, counted and told of: the first loss at once, and what follows it in one line each 10 s, because
// a gateway loses records as fast as it gets calls.

import type { Logger } from "pino";
import type { Metrics } from "../../schemas/metrics.ts";

const TELL_MS = 10_000;

export type LossMetrics = Pick<Metrics, "unrecordedRecords" | "spoolWritable">;

export class Losses {
  readonly #log: Logger;
  readonly #metrics: LossMetrics;
  readonly #now: () => number;
  /** Milliseconds since 1970; undefined while everything is taken. */
  #failingSince: number | undefined;
  #lostRecords = 0;
  /** Since something was last told, by kind of record. */
  #untold = new Map<string, number>();
  #cause: unknown;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger, { metrics, now }: { metrics: LossMetrics; now: () => number }) {
    this.#log = log;
    this.#metrics = metrics;
    this.#now = now;
    metrics.spoolWritable.set(1);
  }

  get failingSince(): number | undefined {
    return this.#failingSince;
  }

  /** Since this writer began. */
  get lostRecords(): number {
    return this.#lostRecords;
  }

  /** The spool does not take records. */
  begin(): void {
    this.#failingSince ??= this.#now();
    this.#metrics.spoolWritable.set(0);
  }

  /** @param records the kinds of those that were lost */
  add(records: readonly string[], cause: unknown): void {
    this.#lostRecords += records.length;
    this.#cause = cause;
    for (const record of records) {
      this.#untold.set(record, (this.#untold.get(record) ?? 0) + 1);
      this.#metrics.unrecordedRecords.inc({ record });
    }
    if (!this.#timer) this.#tell();
  }

  /** The spool takes records again. */
  end(): void {
    if (this.#failingSince === undefined) return;
    this.#failingSince = undefined;
    this.#metrics.spoolWritable.set(1);
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#untold.size > 0) this.#tellLosses();
  }

  #tell(): void {
    if (this.#untold.size > 0) this.#tellLosses();
    else if (this.#failingSince === undefined) {
      this.#log.warn({ lostRecords: this.#lostRecords }, "the spool takes records again");
      this.#timer = undefined;
      return;
    }
    this.#timer = setTimeout(() => this.#tell(), TELL_MS).unref();
  }

  #tellLosses(): void {
    const lost = Object.fromEntries(this.#untold);
    this.#untold = new Map();
    this.#log.error({ err: this.#cause, lost }, "the spool could not be written, and records were lost");
  }
}

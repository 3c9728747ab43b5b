// The way in for outcomes: whatever takes one, a webhook, a report by a person or telemetry of a client, hands it over here, and
// answers its sender afterwards. From here outcomes go the way of calls: spool, bus, sink, ClickHouse.
//
// Always holds: when `write` has resolved the kernel has every one of them, so that the process may be killed the moment after; a
// power cut can cost the last 20 ms (spool/writer.ts). Writing an outcome again under its id replaces it.

import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Outcome } from "../../schemas/outcome.ts";
import type { PartHealth } from "../../schemas/vitals.ts";
import { describeWriter } from "../spool/health.ts";
import type { LossMetrics } from "../spool/losses.ts";
import { SpoolWriter } from "../spool/writer.ts";

export interface OutcomeWriter {
  /**
   * Resolves when all of them are durable.
   * @throws AppError `unavailable` (retry) when the spool can't take one; some of the others may be in
   */
  write(outcomes: readonly Outcome[]): Promise<void>;
}

export interface OpenOutcomeWriter extends OutcomeWriter {
  health(): PartHealth;
  close(): Promise<void>;
}

export interface OutcomeWriterOptions {
  spoolDir: string;
  /** What all writers of the spool may take together. */
  bytesMax: number;
  metrics: LossMetrics;
}

/** In a folder of its own in the spool; whoever reads that spool takes outcomes on. */
export function openOutcomeWriter(log: Logger, options: OutcomeWriterOptions): OpenOutcomeWriter {
  const spool = new SpoolWriter(log, { ...options, writerId: `intake-${randomUUID()}` });
  return {
    async write(outcomes) {
      await Promise.all(outcomes.map((outcome) => append(spool, outcome)));
    },
    // Senders are refused while the spool can't be written, as calls are with ASSAY_STRICT=1.
    health: () => describeWriter(spool.state, { isStrict: true }),
    close: () => spool.close(),
  };
}

function append(spool: SpoolWriter, outcome: Outcome): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  spool.append({ record: "outcome", outcome }, (failure) => (failure ? reject(failure) : resolve()));
  return promise;
}

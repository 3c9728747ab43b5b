// Where the reader stands in one writer's folder.

import { closeSync, existsSync, fstatSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { z } from "zod";
import { isLocked } from "../../schemas/file-lock.ts";
import type { Metrics } from "../../schemas/metrics.ts";
import { spoolRecordSchema, type SpoolRecord } from "../../schemas/spool-record.ts";
import { decodeFrame, HEADER_BYTES, PAYLOAD_BYTES_MAX, segmentName, WRITER_LOCK_FILE } from "./format.ts";
import { OpenIntents, type IntentChanges } from "./open-intents.ts";
import { listSegments, readPosition, START, writePosition, type Position } from "./position.ts";

const READ_BYTES = HEADER_BYTES + PAYLOAD_BYTES_MAX;
/**
 * An intent whose event has not come by then is delivered as it stands, although its writer lives: the event was lost, and its
 * writer may live for months. Should it come after all, it takes the intent's place.
 */
const INTENT_MS_MAX = 24 * 3600 * 1000;

/** A record that can't be delivered, and why; it is kept apart, never dropped. */
export interface DeadLetter {
  payload: string;
  reason: string;
}

/** An intent that can't be read is still no gap in its writer's numbers. */
interface UnreadRecord extends DeadLetter {
  intentSequence: number | undefined;
}
const numberedIntentSchema = z.object({
  record: z.literal("intent"),
  event: z.object({ sequence: z.int().positive() }),
});

/** What the spool delivers: intents are resolved before. */
export type DeliveredRecord = Exclude<SpoolRecord, { record: "intent" }>;

/** What is read goes here. */
export interface Delivery {
  records: DeliveredRecord[];
  deadLetters: DeadLetter[];
}

/** A point up to which everything was read. */
export interface Checkpoint extends Omit<Position, "journal"> {
  intents: IntentChanges;
  /** Whether the writer is dead and this is its end. */
  isEnd: boolean;
}

export interface CursorParts {
  log: Logger;
  metrics: Pick<Metrics, "spoolGaps">;
  now: () => number;
}

export class WriterCursor {
  readonly #parts: CursorParts;
  readonly #folder: string;
  #segment: number;
  #offset: number;
  #sequence: number | null;
  readonly #intents: OpenIntents;
  #isFinished = false;

  constructor(parts: CursorParts, folder: string) {
    this.#parts = parts;
    this.#folder = folder;
    const { position, intents } = openAtPosition(parts.log, folder);
    this.#segment = position.segment;
    this.#offset = position.offset;
    this.#sequence = position.sequence;
    this.#intents = intents;
  }

  /** Reads on, until there are about `itemsMax`. Returns whether there was anything, so that there is something to commit. */
  read(itemsMax: number, into: Delivery): boolean {
    let hasMoved = this.#readOn(itemsMax, into);
    if (isEnough(itemsMax, into) || this.#isFinished) return hasMoved;
    hasMoved = this.#giveUpOldIntents(into) || hasMoved;
    if (isLocked(join(this.#folder, WRITER_LOCK_FILE))) return hasMoved;
    // Its writer is dead. What it wrote between the look at its folder and its death is there by now.
    this.#readOn(itemsMax, into);
    if (!isEnough(itemsMax, into)) this.#finish(into);
    return true;
  }

  /** Where it got to since the last checkpoint. */
  checkpoint(): Checkpoint {
    return {
      segment: this.#segment,
      offset: this.#offset,
      sequence: this.#sequence,
      intents: this.#intents.takeChanges(),
      isEnd: this.#isFinished,
    };
  }

  /** Checkpoints are committed in the order in which they were made. May be called again when it has failed. */
  commit({ isEnd, intents, ...place }: Checkpoint): void {
    if (isEnd) {
      rmSync(this.#folder, { recursive: true, force: true });
      return;
    }
    writePosition(this.#folder, { ...place, journal: this.#intents.save(intents) });
    this.#intents.removeOld();
    for (const old of listSegments(this.#folder)) {
      if (old < place.segment) rmSync(join(this.#folder, segmentName(old)), { force: true });
    }
  }

  #readOn(itemsMax: number, into: Delivery): boolean {
    let hasMoved = false;
    while (!isEnough(itemsMax, into) && this.#readStretch(itemsMax, into)) hasMoved = true;
    return hasMoved;
  }

  /** Reads one stretch of the current segment. Returns whether it moved. */
  #readStretch(itemsMax: number, into: Delivery): boolean {
    // Asked before reading: what a writer adds to this segment before it begins the next one is then read, and not skipped.
    const isLast = !listSegments(this.#folder).some((found) => found > this.#segment);
    const bytes = readBytes(join(this.#folder, segmentName(this.#segment)), this.#offset);
    let taken = 0;
    while (!isEnough(itemsMax, into)) {
      const frame = decodeFrame(bytes, taken);
      if (frame.state !== "whole") return taken > 0 || (!isLast && this.#skipTornTail());
      taken += frame.bytes;
      this.#offset += frame.bytes;
      this.#take(frame.payload, into);
    }
    return taken > 0;
  }

  #take(payload: string, { records, deadLetters }: Delivery): void {
    const record = parseRecord(payload);
    if ("reason" in record) {
      this.#parts.log.error(
        { reason: record.reason },
        "a record in the spool is not of its form, and was put aside",
      );
      deadLetters.push({ payload, reason: record.reason });
      if (record.intentSequence !== undefined) this.#expectNext(record.intentSequence);
    } else if (record.record === "intent") {
      this.#expectNext(record.event.sequence);
      this.#intents.open(record.event, this.#parts.now());
    } else {
      if (record.record === "event") this.#intents.close(record.event.event_id);
      records.push(record);
    }
  }

  /** A lower number is no gap: what a disk failed to keep is in the spool twice. */
  #expectNext(sequence: number): void {
    const expected = this.#sequence === null ? sequence : this.#sequence + 1;
    if (sequence > expected) {
      const missing = sequence - expected;
      this.#parts.metrics.spoolGaps.inc(missing);
      this.#parts.log.error({ expected, found: sequence, missing }, "records are missing from the spool");
    }
    this.#sequence = Math.max(sequence, this.#sequence ?? 0);
  }

  /** What follows the last whole frame of a segment is torn for good once there is a next segment. */
  #skipTornTail(): true {
    this.#reportTornTail();
    this.#segment++;
    this.#offset = 0;
    return true;
  }

  #reportTornTail(): void {
    const file = join(this.#folder, segmentName(this.#segment));
    const bytes = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) - this.#offset;
    if (bytes <= 0) return;
    const place = { segment: this.#segment, offset: this.#offset, bytes };
    this.#parts.log.error(place, "the end of a spool segment was torn, and was skipped");
  }

  #giveUpOldIntents({ records }: Delivery): boolean {
    const old = this.#intents.closeSeenBefore(this.#parts.now() - INTENT_MS_MAX);
    for (const event of old) records.push({ record: "event", event });
    if (old.length > 0) this.#parts.log.warn({ calls: old.length }, "calls began a day ago and never ended");
    return old.length > 0;
  }

  #finish({ records }: Delivery): void {
    this.#reportTornTail();
    const open = this.#intents.closeSeenBefore(Number.POSITIVE_INFINITY);
    for (const event of open) records.push({ record: "event", event });
    if (open.length > 0)
      this.#parts.log.warn({ calls: open.length }, "calls were interrupted when their gateway ended");
    this.#isFinished = true;
  }
}

/** Where the position can't be read, everything that is still there is delivered again, and counts once. */
function openAtPosition(log: Logger, folder: string): { position: Position; intents: OpenIntents } {
  const position = readPosition(folder);
  try {
    if (position) return { position, intents: new OpenIntents(folder, position.journal) };
  } catch (error) {
    log.error({ err: error }, "the open calls of a spool could not be read");
  }
  log.error("the position in a spool is damaged; all that is there is delivered again");
  const [segment = START.segment] = listSegments(folder).toSorted((a, b) => a - b);
  return {
    position: { ...START, segment, sequence: null },
    intents: new OpenIntents(folder, START.journal),
  };
}

export function isEmpty(into: Delivery): boolean {
  return !isEnough(1, into);
}

export function isEnough(itemsMax: number, { records, deadLetters }: Delivery): boolean {
  return records.length + deadLetters.length >= itemsMax;
}

/** A kind or a field that a newer gateway writes makes a dead letter, too, and can be tried again by a newer sink. */
function parseRecord(payload: string): SpoolRecord | UnreadRecord {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return { payload, reason: "not JSON", intentSequence: undefined };
  }
  const parsed = spoolRecordSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const intentSequence = numberedIntentSchema.safeParse(json).data?.event.sequence;
  return { payload, reason: z.prettifyError(parsed.error), intentSequence };
}

/** What follows `offset`, as far as one frame can reach; nothing where the writer has not come to this segment yet. */
function readBytes(file: string, offset: number): Buffer {
  if (!existsSync(file)) return Buffer.alloc(0);
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(READ_BYTES, fstatSync(handle).size - offset)));
    return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(handle);
  }
}

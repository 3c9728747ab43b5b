// Where the reader stands in one writer's folder.

import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { z } from "zod";
import { readIfPresent, replaceFile } from "../../schemas/data-directory.ts";
import { isAlive, parseProcessIdentity } from "../../schemas/process-identity.ts";
import { spoolRecordSchema, type SpoolRecord } from "../../schemas/spool-record.ts";
import { tokenEventSchema, type TokenEvent } from "../../schemas/token-event.ts";
import {
  decodeFrame,
  HEADER_BYTES,
  PAYLOAD_BYTES_MAX,
  segmentName,
  segmentNumber,
  WRITER_FILE,
} from "./format.ts";

const POSITION_FILE = "position.json";
const READ_BYTES = HEADER_BYTES + PAYLOAD_BYTES_MAX;

const positionSchema = z.object({
  segment: z.int().positive(),
  offset: z.int().min(0),
  /** The last of the writer's gapless numbers that was read. */
  sequence: z.int().min(0),
  /** Intents before the position whose event has not come yet. */
  intents: z.array(tokenEventSchema),
});
type Position = z.infer<typeof positionSchema>;

/** A record that can't be delivered, and why; it is kept apart, never dropped. */
export interface DeadLetter {
  payload: string;
  reason: string;
}

/** What the spool delivers: intents are resolved before. */
export type DeliveredRecord = Exclude<SpoolRecord, { record: "intent" }>;

export class WriterCursor {
  readonly #log: Logger;
  readonly #folder: string;
  readonly #intents: Map<string, TokenEvent>;
  #segment: number;
  #offset: number;
  #sequence: number;
  #isFinished = false;

  constructor(log: Logger, folder: string) {
    this.#log = log;
    this.#folder = folder;
    const position = readPosition(join(folder, POSITION_FILE));
    this.#segment = position.segment;
    this.#offset = position.offset;
    this.#sequence = position.sequence;
    this.#intents = new Map(position.intents.map((event) => [event.event_id, event]));
  }

  /** Reads on from where it stands. Returns whether there was anything, so that there is something to commit. */
  read(recordsMax: number, records: DeliveredRecord[], deadLetters: DeadLetter[]): boolean {
    // Asked before reading: a writer that dies in between is seen to be dead, and read to its end, the next time.
    const isWriterAlive = isWriting(this.#folder);
    let hasMoved = false;
    while (records.length < recordsMax && this.#readStretch(recordsMax, records, deadLetters))
      hasMoved = true;
    if (records.length < recordsMax && !isWriterAlive && !this.#isFinished) {
      this.#finish(records);
      hasMoved = true;
    }
    return hasMoved;
  }

  commit(): void {
    if (this.#isFinished) {
      rmSync(this.#folder, { recursive: true, force: true });
      return;
    }
    const position: Position = {
      segment: this.#segment,
      offset: this.#offset,
      sequence: this.#sequence,
      intents: [...this.#intents.values()],
    };
    replaceFile(join(this.#folder, POSITION_FILE), JSON.stringify(position));
    for (const old of listSegments(this.#folder)) {
      if (old < this.#segment) rmSync(join(this.#folder, segmentName(old)), { force: true });
    }
  }

  /** Reads one stretch of the current segment. Returns whether it moved. */
  #readStretch(recordsMax: number, records: DeliveredRecord[], deadLetters: DeadLetter[]): boolean {
    // Asked before reading: what a writer adds to this segment before it begins the next one is then read, and not skipped.
    const isLast = !listSegments(this.#folder).some((found) => found > this.#segment);
    const bytes = readBytes(join(this.#folder, segmentName(this.#segment)), this.#offset);
    let taken = 0;
    while (records.length < recordsMax) {
      const frame = decodeFrame(bytes, taken);
      if (frame.state !== "whole") return taken > 0 || (!isLast && this.#skipTornTail());
      taken += frame.bytes;
      this.#offset += frame.bytes;
      this.#take(frame.payload, records, deadLetters);
    }
    return taken > 0;
  }

  #take(payload: string, records: DeliveredRecord[], deadLetters: DeadLetter[]): void {
    const record = parseRecord(payload);
    if ("reason" in record) {
      this.#log.error(
        { reason: record.reason },
        "a record in the spool is not of its form, and was put aside",
      );
      deadLetters.push(record);
    } else if (record.record === "intent") {
      this.#expectNext(record.event.sequence);
      this.#intents.set(record.event.event_id, record.event);
    } else {
      if (record.record === "event") this.#intents.delete(record.event.event_id);
      records.push(record);
    }
  }

  #expectNext(sequence: number): void {
    const expected = this.#sequence + 1;
    if (sequence !== expected)
      this.#log.error({ expected, found: sequence }, "records are missing from the spool");
    this.#sequence = sequence;
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
    this.#log.error(place, "the end of a spool segment was torn, and was skipped");
  }

  #finish(records: DeliveredRecord[]): void {
    this.#reportTornTail();
    for (const event of this.#intents.values()) records.push({ record: "event", event });
    if (this.#intents.size > 0) {
      this.#log.warn({ calls: this.#intents.size }, "calls were interrupted when their gateway ended");
    }
    this.#intents.clear();
    this.#isFinished = true;
  }
}

function parseRecord(payload: string): SpoolRecord | DeadLetter {
  try {
    const parsed = spoolRecordSchema.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : { payload, reason: z.prettifyError(parsed.error) };
  } catch {
    return { payload, reason: "not JSON" };
  }
}

function readPosition(file: string): Position {
  const content = readIfPresent(file);
  return content === undefined
    ? { segment: 1, offset: 0, sequence: 0, intents: [] }
    : positionSchema.parse(JSON.parse(content));
}

function isWriting(folder: string): boolean {
  const writer = parseProcessIdentity(readIfPresent(join(folder, WRITER_FILE)));
  return writer !== undefined && isAlive(writer);
}

function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .map(segmentNumber)
    .filter((segment) => segment !== undefined);
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

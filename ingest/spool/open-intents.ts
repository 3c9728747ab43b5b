// The intents of a writer that were read and whose event has not come yet, and the journal on disk that outlives the reader.
//
// What was opened and closed up to a point of the spool is taken as changes, and a commit of that point appends them: it costs as
// much as there is news, however many calls are open. A journal in which little still counts is replaced by a new one. How much of
// which journal counts stands in the position: what a crash or a full disk left behind that is overwritten.

import { closeSync, fdatasyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { tokenEventSchema, type TokenEvent } from "../../schemas/token-event.ts";
import type { Position } from "./position.ts";

type Mark = Position["journal"];

/** A journal is replaced when it is longer than this and than so many times what counts in it. */
const JOURNAL_BYTES_MIN = 1024 * 1024;
const JOURNAL_SHARE_MAX = 4;
const JOURNAL_NAME = /^intents-(\d+)\.jsonl$/;

const lineSchema = z.union([
  z.object({ opened: tokenEventSchema, seen_at_ms: z.number() }),
  z.object({ closed: tokenEventSchema.shape.event_id }),
]);

interface OpenIntent {
  event: TokenEvent;
  /** When the reader came upon it, in milliseconds since 1970. */
  seenAtMs: number;
}

/** What was opened and closed between two points of the spool. What came and went between them is no change. */
export interface IntentChanges {
  opened: ReadonlyMap<string, OpenIntent>;
  closed: ReadonlySet<string>;
}

export class OpenIntents {
  readonly #folder: string;
  /** In the order in which they were seen. */
  readonly #intents = new Map<string, OpenIntent>();
  #mark: Mark;
  /** Those of which the journal says that they are open, or will when the changes that were taken are saved. */
  readonly #journaled = new Set<string>();
  /** Changes since the last were taken. */
  #opened = new Map<string, OpenIntent>();
  #closed = new Set<string>();
  /** The changes that were taken and are not saved. */
  readonly #unsaved: IntentChanges[] = [];

  /** @throws where the journal is shorter than its mark, or damaged */
  constructor(folder: string, mark: Mark) {
    this.#folder = folder;
    this.#mark = mark;
    if (mark.bytes === 0) return;
    const journal = readFileSync(join(folder, journalName(mark.number))).subarray(0, mark.bytes);
    for (const line of journal.toString("utf8").trimEnd().split("\n")) {
      const change = lineSchema.parse(JSON.parse(line));
      if ("closed" in change) this.#intents.delete(change.closed);
      else this.#intents.set(change.opened.event_id, { event: change.opened, seenAtMs: change.seen_at_ms });
    }
    for (const eventId of this.#intents.keys()) this.#journaled.add(eventId);
  }

  open(event: TokenEvent, seenAtMs: number): void {
    const intent = { event, seenAtMs };
    this.#intents.set(event.event_id, intent);
    this.#opened.set(event.event_id, intent);
    this.#closed.delete(event.event_id);
  }

  close(eventId: string): void {
    if (!this.#intents.delete(eventId)) return;
    this.#opened.delete(eventId);
    if (this.#journaled.has(eventId)) this.#closed.add(eventId);
  }

  /** Closes those that were seen before a time, and returns them. */
  closeSeenBefore(timeMs: number): TokenEvent[] {
    const old: TokenEvent[] = [];
    for (const { event, seenAtMs } of this.#intents.values()) {
      if (seenAtMs >= timeMs) break;
      old.push(event);
    }
    for (const { event_id } of old) this.close(event_id);
    return old;
  }

  /** All changes up to now. They are saved in the order in which they were taken. */
  takeChanges(): IntentChanges {
    const changes = { opened: this.#opened, closed: this.#closed };
    for (const eventId of this.#opened.keys()) this.#journaled.add(eventId);
    for (const eventId of this.#closed) this.#journaled.delete(eventId);
    this.#opened = new Map();
    this.#closed = new Set();
    this.#unsaved.push(changes);
    return changes;
  }

  /** Brings changes to the disk, and may be called again, also when it failed. They count once the mark is in the position. */
  save(changes: IntentChanges): Mark {
    const { opened, closed } = changes;
    if (this.#unsaved[0] !== changes) return this.#mark;
    if (opened.size > 0 || closed.size > 0) {
      const { number, bytes } = this.#mark;
      // A new journal holds what is open now, which must be what is open after these changes.
      const isNew = this.#unsaved.length === 1 && bytes > JOURNAL_BYTES_MIN && this.#isMostlyClosed(bytes);
      const mark = isNew ? { number: number + 1, bytes: 0 } : { number, bytes };
      const lines = isNew ? toLines(this.#intents.values(), []) : toLines(opened.values(), closed);
      this.#write(mark, lines);
      this.#mark = { number: mark.number, bytes: mark.bytes + lines.length };
    }
    this.#unsaved.shift();
    return this.#mark;
  }

  /** Removes the journals that no position refers to any more. */
  removeOld(): void {
    for (const name of readdirSync(this.#folder)) {
      const [, number] = JOURNAL_NAME.exec(name) ?? [];
      if (number !== undefined && Number(number) !== this.#mark.number)
        rmSync(join(this.#folder, name), { force: true });
    }
  }

  /** By the size of one event for all: they hardly differ. */
  #isMostlyClosed(bytes: number): boolean {
    const [first] = this.#intents.values();
    const openBytes = first === undefined ? 0 : this.#intents.size * toLines([first], []).length;
    return bytes > JOURNAL_SHARE_MAX * openBytes;
  }

  #write({ number, bytes }: Mark, lines: Buffer): void {
    const file = join(this.#folder, journalName(number));
    const handle = openSync(file, bytes === 0 ? "w" : "r+", 0o600);
    try {
      for (let done = 0; done < lines.length;)
        done += writeSync(handle, lines, done, lines.length - done, bytes + done);
      fdatasyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}

function toLines(opened: Iterable<OpenIntent>, closed: Iterable<string>): Buffer {
  const lines: string[] = [];
  for (const { event, seenAtMs } of opened)
    lines.push(`${JSON.stringify({ opened: event, seen_at_ms: seenAtMs })}\n`);
  for (const eventId of closed) lines.push(`${JSON.stringify({ closed: eventId })}\n`);
  return Buffer.from(lines.join(""));
}

function journalName(number: number): string {
  return `intents-${number}.jsonl`;
}

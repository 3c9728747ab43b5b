// Takes the usage-only chunk, which the gateway itself has asked for, out of a client's stream. Every other byte goes on, in
// its order. An event that comes in pieces waits until it is whole, because only then is it known whether it goes on; no
// client can do anything with half an event. Memory: one event, at most EVENT_BYTES_MAX; a larger one goes on as it comes.
// So does all of a stream that is gzip without saying so: it has no line ends to wait for.

import { EVENT_BYTES_MAX, EventStream } from "./meter/event-stream.ts";
import { GZIP_FIRST_BYTE } from "./meter/meter.ts";
import { isUsageOnlyChunk } from "./usage-request.ts";

const LF = 0x0a;
const CR = 0x0d;

export class UsageChunkFilter {
  /** How many bytes were taken out. */
  hiddenBytes = 0;
  /** Undefined until the first byte has told. */
  #isEncoded: boolean | undefined;
  /** The event that is being received, as far as earlier chunks brought it. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** The event that is being received has grown too large to wait. */
  #isPassing = false;
  #isLineEmpty = true;
  /** The last byte was a CR, which a LF may follow; and whether what the CR ended was taken out, went on, or still waits. */
  #afterCr: "hidden" | "passed" | "waiting" | undefined;

  /** What goes on now: of this chunk, and of what waited. */
  write(chunk: Buffer): Buffer {
    if (chunk.length > 0) this.#isEncoded ??= chunk[0] === GZIP_FIRST_BYTE;
    return this.#isEncoded ? chunk : this.#takeOut(chunk);
  }

  /** The stream has ended: what waits goes on, unless it is the chunk itself without its closing empty line. */
  end(): Buffer {
    const passed: Buffer[] = [];
    this.#endEvent(Buffer.alloc(0), passed);
    return Buffer.concat(passed);
  }

  #takeOut(chunk: Buffer): Buffer {
    const passed: Buffer[] = [];
    let next = this.#takeSplitLf(chunk, passed);
    let [keptFrom, eventStart] = this.#afterCr === "waiting" ? [0, 0] : [next, next];
    this.#afterCr = undefined;
    for (let end = findLineEnd(chunk, next); end !== -1; end = findLineEnd(chunk, next)) {
      const isEventEnd = this.#isLineEmpty && isLineBreak(chunk[next]);
      let fate: "hidden" | "passed" | "waiting" = "waiting";
      if (isEventEnd) {
        fate = this.#endEvent(chunk.subarray(eventStart, end), passed) ? "hidden" : "passed";
        if (fate === "hidden") passed.push(chunk.subarray(keptFrom, eventStart));
        if (fate === "hidden") keptFrom = end;
        eventStart = end;
      }
      if (end === chunk.length && chunk[end - 1] === CR) this.#afterCr = fate;
      this.#isLineEmpty = true;
      next = end;
    }
    if (next < chunk.length) this.#isLineEmpty = false;
    passed.push(chunk.subarray(keptFrom, eventStart));
    this.#keep(chunk.subarray(eventStart), passed);
    return Buffer.concat(passed);
  }

  /** A LF that belongs to the CR before it shares its fate. Returns where the next line starts. */
  #takeSplitLf(chunk: Buffer, passed: Buffer[]): number {
    if (this.#afterCr === undefined || chunk[0] !== LF) return 0;
    if (this.#afterCr === "passed") passed.push(chunk.subarray(0, 1));
    if (this.#afterCr === "hidden") this.hiddenBytes++;
    return 1;
  }

  /** Decides on the event that ends with `tail`. Returns whether it is taken out; if not, what waited of it goes on. */
  #endEvent(tail: Buffer, passed: Buffer[]): boolean {
    const event = this.#pending.length === 0 ? tail : Buffer.concat([...this.#pending, tail]);
    const isHidden = !this.#isPassing && isUsageOnlyEvent(event);
    if (isHidden) this.hiddenBytes += event.length;
    else passed.push(...this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#isPassing = false;
    return isHidden;
  }

  #keep(rest: Buffer, passed: Buffer[]): void {
    this.#pendingBytes += rest.length;
    if (rest.length > 0) this.#pending.push(rest);
    if (this.#isPassing || this.#pendingBytes > EVENT_BYTES_MAX) {
      this.#isPassing = true;
      passed.push(...this.#pending);
      this.#pending = [];
    }
  }
}

function isUsageOnlyEvent(event: Buffer): boolean {
  if (!event.includes('"usage"')) return false;
  let isUsageOnly = false;
  const events = new EventStream((_type, data) => {
    isUsageOnly = isUsageOnlyChunk(data);
  });
  events.write(event);
  events.end();
  return isUsageOnly;
}

/** Behind the line that starts at `from`, its break included; -1 where the chunk ends before the line does. */
function findLineEnd(chunk: Buffer, from: number): number {
  for (let at = from; at < chunk.length; at++) {
    if (chunk[at] === LF) return at + 1;
    if (chunk[at] === CR) return chunk[at + 1] === LF ? at + 2 : at + 1;
  }
  return -1;
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

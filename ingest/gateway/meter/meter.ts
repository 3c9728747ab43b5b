// Reads a copy of an answer's bytes as they pass. Nothing here can harm the call: what can't be read leaves the counts
// unknown, and a fault in a reader ends the reading of that one call.

import type { Logger } from "pino";
import type { AnswerReader, Operation, Provider, Reading } from "../providers/provider.ts";
import { createDecoder, type Decoder } from "./decoder.ts";
import { EventStream } from "./event-stream.ts";

/** The largest answer that is kept for reading; embeddings of a large batch reach some 10 MB. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Some intermediaries encode without saying so. The first byte tells (RFC 1952, 2.3.1): no JSON and no event begins with it.
 */
export const GZIP_FIRST_BYTE = 0x1f;
/** What is kept of a stream for its features, and in case nobody reports its usage and it has to be estimated. */
const KEPT_BYTES_MAX = 1024 * 1024;

export interface AnswerHead {
  status: number;
  contentType: string;
  contentEncoding: string;
}

export class Meter {
  readonly #log: Logger;
  readonly #reader: AnswerReader;
  readonly #stream: EventStream | undefined;
  readonly #isEncodingUnsaid: boolean;
  #decoder: Decoder | undefined;
  #hasBegun = false;
  #body: Buffer[] = [];
  #bodyBytes = 0;
  /** False for what is not metered, and once something could not be read. */
  #isReading: boolean;

  constructor(log: Logger, provider: Provider, operation: Operation, head: AnswerHead) {
    this.#log = log;
    this.#reader = provider.createReader(operation);
    this.#isReading = operation.isMetered;
    if (isEventStream(head))
      this.#stream = new EventStream((type, data) => this.#reader.readEvent(type, data));
    this.#isEncodingUnsaid = head.contentEncoding === "" || head.contentEncoding === "identity";
    if (!this.#isEncodingUnsaid && this.#isReading) this.#decode(head.contentEncoding);
  }

  get reading(): Reading {
    return this.#reader.reading;
  }

  /** The decoded answer so far, or its beginning. */
  get answer(): Buffer {
    return Buffer.concat(this.#body);
  }

  /** Whether `answer` is all that came. */
  get isAnswerWhole(): boolean {
    return this.#isReading && this.#bodyBytes <= this.#keptBytesMax;
  }

  /** Reads a chunk. `done` is called when all of it has been read: at once, unless it has to be decoded first. */
  read(chunk: Buffer, done: () => void): void {
    const isFirst = this.#isEncodingUnsaid && !this.#hasBegun;
    this.#hasBegun = true;
    if (isFirst && this.#isReading && chunk[0] === GZIP_FIRST_BYTE) this.#decode("gzip");
    if (this.#decoder && this.#isReading) {
      this.#decoder.write(chunk, done);
    } else {
      this.#read(chunk);
      done();
    }
  }

  /** The answer is whole. `done` is called when all of it has been read. */
  end(done: () => void): void {
    const finish = (): void => {
      this.#guard(() => {
        if (this.#stream) this.#stream.end();
        else if (this.#bodyBytes > 0) this.#reader.readBody(Buffer.concat(this.#body));
      });
      done();
    };
    if (this.#decoder && this.#isReading) this.#decoder.end(finish);
    else finish();
  }

  /** The answer broke off: no more of it comes. */
  destroy(): void {
    this.#decoder?.destroy();
  }

  #decode(encoding: string): void {
    const onData = (bytes: Buffer): void => this.#read(bytes);
    this.#decoder = createDecoder(encoding, onData, (reason) => this.#fail(reason));
    if (!this.#decoder) this.#fail(`content-encoding ${encoding}`);
  }

  #read(bytes: Buffer): void {
    this.#guard(() => {
      this.#stream?.write(bytes);
      this.#bodyBytes += bytes.length;
      if (this.#bodyBytes <= this.#keptBytesMax) this.#body.push(bytes);
      else if (!this.#stream) this.#fail(`a body over ${BODY_BYTES_MAX} bytes`);
    });
  }

  get #keptBytesMax(): number {
    return this.#stream ? KEPT_BYTES_MAX : BODY_BYTES_MAX;
  }

  #guard(read: () => void): void {
    if (!this.#isReading) return;
    try {
      read();
    } catch (error) {
      this.#fail("a fault in its reader", error);
    }
  }

  #fail(reason: string, error?: unknown): void {
    this.#isReading = false;
    this.#body = [];
    // A bomb is not unpacked any further than it was worth it.
    this.#decoder?.destroy();
    this.#log.error({ reason, err: error }, "an answer could not be metered");
  }
}

/** By its content type; parameters do not matter. */
export function isEventStream(head: AnswerHead): boolean {
  return head.contentType.toLowerCase().startsWith("text/event-stream");
}

// Reads a copy of an answer's bytes as they pass. Nothing here can harm the call: what can't be read leaves the counts
// unknown, and a fault in a reader ends the reading of that one call.

import type { Logger } from "pino";
import type { AnswerReader, Operation, Provider, Reading } from "../providers/provider.ts";
import { createDecoder, type Decoder } from "./decoder.ts";
import { EventStream } from "./event-stream.ts";

/** The largest answer that is kept for reading; embeddings of a large batch reach some 10 MB. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

export interface AnswerHead {
  status: number;
  contentType: string;
  contentEncoding: string;
}

export class Meter {
  readonly #log: Logger;
  readonly #reader: AnswerReader;
  readonly #stream: EventStream | undefined;
  readonly #decoder: Decoder | undefined;
  #body: Buffer[] = [];
  #bodyBytes = 0;
  /** Why reading has ended early, if it has. */
  #failure: string | undefined;

  constructor(log: Logger, provider: Provider, operation: Operation, head: AnswerHead) {
    this.#log = log;
    this.#reader = provider.createReader(operation);
    if (!operation.isMetered) this.#failure = "unmetered";
    else if (isEventStream(head))
      this.#stream = new EventStream((type, data) => this.#reader.readEvent(type, data));
    if (head.contentEncoding === "" || head.contentEncoding === "identity" || this.#failure) return;
    this.#decoder = createDecoder(
      head.contentEncoding,
      (bytes) => this.#read(bytes),
      (reason) => this.#fail(reason),
    );
    if (!this.#decoder) this.#fail(`content-encoding ${head.contentEncoding}`);
  }

  get reading(): Reading {
    return this.#reader.reading;
  }

  /** Whether `read` must be waited for, because the bytes have to be decoded first. */
  get isDecoding(): boolean {
    return this.#decoder !== undefined && this.#failure === undefined;
  }

  /** Reads a chunk. Without decoding, everything is done when it returns, and `done` is not needed. */
  read(chunk: Buffer, done?: () => void): void {
    if (this.isDecoding && done) this.#decoder?.write(chunk, done);
    else this.#read(chunk);
  }

  /** The answer is whole. `done` is called when all of it has been read. */
  end(done: () => void): void {
    const finish = (): void => {
      this.#guard(() => {
        if (this.#stream) this.#stream.end();
        else if (this.#bodyBytes > 0) this.#reader.readBody(Buffer.concat(this.#body));
      });
      this.#body = [];
      done();
    };
    if (this.isDecoding) this.#decoder?.end(finish);
    else finish();
  }

  /** The answer broke off, or nobody wants it any more. */
  destroy(): void {
    this.#decoder?.destroy();
    this.#body = [];
  }

  #read(bytes: Buffer): void {
    this.#guard(() => {
      if (this.#stream) this.#stream.write(bytes);
      else if (this.#bodyBytes + bytes.length > BODY_BYTES_MAX)
        this.#fail(`a body over ${BODY_BYTES_MAX} bytes`);
      else this.#bodyBytes += this.#body.push(bytes) && bytes.length;
    });
  }

  #guard(read: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      read();
    } catch (error) {
      this.#fail("a fault in its reader", error);
    }
  }

  #fail(reason: string, error?: unknown): void {
    this.#failure = reason;
    this.#body = [];
    this.#log.error({ reason, err: error }, "an answer could not be metered");
  }
}

function isEventStream(head: AnswerHead): boolean {
  return head.contentType.toLowerCase().startsWith("text/event-stream");
}

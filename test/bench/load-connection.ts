// One connection of the load generator: sends a request made beforehand and waits until the answer is whole. It reads no more
// of HTTP than it takes to know that: a content-length, or the last chunk of a chunked answer.

import { connect, type Socket } from "node:net";

const HEAD_END = "\r\n\r\n";
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const LAST_CHUNK = Buffer.from("0\r\n\r\n");
const NOTHING = Buffer.alloc(0);

export interface Answer {
  /** 0 where the connection broke before the answer was whole. */
  status: number;
  /** `performance.now()` of the first byte of the body, and of the last. */
  firstByteAt: number;
  endedAt: number;
}

export class Connection {
  readonly #socket: Socket;
  #onAnswer: ((answer: Answer) => void) | undefined;
  #head: Buffer = NOTHING;
  /** Undefined until the head is whole, and of a chunked answer infinite. */
  #bodyBytesLeft: number | undefined;
  #tail: Buffer = NOTHING;
  #status = 0;
  #firstByteAt = 0;

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("error", () => this.#socket.destroy());
    this.#socket.on("close", () => this.#answer(0));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** One request at a time. */
  send(request: Buffer, onAnswer: (answer: Answer) => void): void {
    this.#onAnswer = onAnswer;
    this.#firstByteAt = 0;
    this.#bodyBytesLeft = undefined;
    this.#tail = NOTHING;
    if (this.isOpen) this.#socket.write(request);
    else this.#answer(0);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const body = this.#bodyBytesLeft === undefined ? this.#readHead(chunk) : chunk;
    if (!body || body.length === 0 || this.#bodyBytesLeft === undefined) return;
    this.#firstByteAt ||= performance.now();
    this.#bodyBytesLeft -= body.length;
    if (this.#bodyBytesLeft === Number.POSITIVE_INFINITY) {
      this.#tail = body.length < LAST_CHUNK.length ? Buffer.concat([this.#tail, body]) : body;
      this.#tail = this.#tail.subarray(-LAST_CHUNK.length);
      if (this.#tail.equals(LAST_CHUNK)) this.#answer(this.#status);
    } else if (this.#bodyBytesLeft <= 0) this.#answer(this.#status);
  }

  /** The part of a chunk that belongs to the body, once the head is whole. */
  #readHead(chunk: Buffer): Buffer | undefined {
    const bytes = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) {
      this.#head = bytes;
      return undefined;
    }
    this.#head = NOTHING;
    const text = bytes.toString("latin1", 0, end);
    this.#status = Number(text.slice(9, 12));
    this.#bodyBytesLeft = Number(CONTENT_LENGTH.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
    return bytes.subarray(end + HEAD_END.length);
  }

  #answer(status: number): void {
    const onAnswer = this.#onAnswer;
    this.#onAnswer = undefined;
    onAnswer?.({ status, firstByteAt: this.#firstByteAt, endedAt: performance.now() });
  }
}

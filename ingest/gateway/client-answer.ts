// The client's side of a call: the bytes of the answer, in their order, at the client's pace. Chunks can be told to wait, and
// then go out together.

import type { ServerResponse } from "node:http";

const NO_BYTES = Buffer.alloc(0);

/** Whoever brings the bytes, and must stop while the client does not take them. */
export interface Flow {
  pause(): void;
  resume(): void;
}

export class ClientAnswer {
  /** Whether the client has more than it can take, and the flow is stopped for it. */
  isFull = false;
  readonly #outgoing: ServerResponse;
  #flow: Flow | undefined;
  /** The chunks that wait, while they have to. */
  #held: Buffer[] | undefined;
  #hasSent = false;

  constructor(outgoing: ServerResponse, onLeft: () => void) {
    this.#outgoing = outgoing;
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) onLeft();
    });
  }

  /** Whether nobody is there any more to get an answer. */
  get isGone(): boolean {
    return this.#outgoing.destroyed;
  }

  begin(flow: Flow, status: number, statusText: string, headers: string[]): void {
    this.#flow = flow;
    this.#outgoing.sendDate = false;
    // undici reads the status line as UTF-8, Node writes it as Latin-1 and refuses what is neither.
    this.#outgoing.writeHead(status, Buffer.from(statusText).toString("latin1"), headers);
    // Headers go out with the first chunk, or alone when none comes along with them. They are Latin-1, which `flushHeaders`
    // would write as UTF-8.
    setImmediate(() => {
      const isPending = !this.#hasSent && !this.#held && !this.#outgoing.writableEnded;
      if (isPending && !this.isGone) this.#outgoing.write(NO_BYTES);
    });
  }

  /** From here on chunks wait until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const chunk of held) this.#write(chunk);
  }

  send(chunk: Buffer): void {
    if (this.#held) this.#held.push(chunk);
    else this.#write(chunk);
  }

  end(): void {
    if (!this.isGone) this.#outgoing.end();
  }

  /** Lets the client see that it has not got everything: the connection ends without the end that HTTP asks for. */
  breakOff(): void {
    this.#outgoing.destroy();
  }

  /** Nobody takes anything any more; the flow goes on for its own sake. */
  leave(): void {
    this.isFull = false;
    this.#flow?.resume();
  }

  #write(chunk: Buffer): void {
    if (chunk.length === 0 || this.isGone) return;
    this.#hasSent = true;
    if (this.#outgoing.write(chunk) || this.isFull) return;
    this.isFull = true;
    this.#flow?.pause();
    this.#outgoing.once("drain", () => {
      this.isFull = false;
      this.#flow?.resume();
    });
  }
}

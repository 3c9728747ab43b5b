// One WebSocket: the bytes of both directions, unchanged, at the pace of whoever takes them, and a copy of them to the readers.
//
// Always holds:
// - A chunk waits for two things only: to be inflated for the reader, where messages are deflated, and for the records that
//   its messages bring to be with the kernel. So a client that has all of a response is on record, even if this process is
//   killed the moment after.
// - While one side takes no more, nothing is read from the other: a connection holds a chunk a direction.
// - When the client breaks off with a response under way, the provider is heard out, within limits (drains.ts). A client that
//   closes as it should is passed on as it is: the provider then ends by itself.
// - Assay says something of its own only where a frame may stand, and nothing follows it: the Close of a gateway that ends.

import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import type { ErrorKind, TerminatedBy } from "../../../schemas/closed-lists.ts";
import { DRAIN_BYTES_MAX, DRAIN_MS_MAX, type Drains } from "../drains.ts";
import { Refusal } from "../refusal.ts";
import type { Message, MessageReader } from "./message-reader.ts";
import type { ResponseCalls } from "./response-calls.ts";

/** Close codes (RFC 6455, 7.4.1; IANA's registry). */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
/** How long two sides that have been told to close may take. */
const CLOSE_MS_MAX = 5000;

/** One end of the connection, and the reader of what comes from it. */
export interface Side {
  socket: Duplex;
  reader: MessageReader;
}

/** A direction, by what of it has been passed on. */
interface Passed {
  bytes: number;
  /** Whether a frame of Assay's own may follow. */
  isBetweenFrames: boolean;
}

export interface ConnectionParts {
  client: Side;
  provider: Side;
  calls: ResponseCalls;
  drains: Drains;
}

export interface Ending {
  terminatedBy: TerminatedBy;
  errorKind: ErrorKind | null;
  /** Of all that was passed on. */
  requestBytes: number;
  responseBytes: number;
}

export class Connection {
  readonly #log: Logger;
  readonly #client: Side;
  readonly #provider: Side;
  readonly #calls: ResponseCalls;
  readonly #drains: Drains;
  readonly #requests: Passed = { bytes: 0, isBetweenFrames: true };
  readonly #answers: Passed = { bytes: 0, isBetweenFrames: true };
  /** Chunks that have been read and not passed on yet. */
  #inFlight = 0;
  #isDraining = false;
  /** Whether Assay has closed it: what still comes is passed on to nobody. */
  #isClosing = false;
  #endedBy: TerminatedBy | undefined;
  #heardBytes = 0;
  #giveBack: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger, { client, provider, calls, drains }: ConnectionParts) {
    this.#log = log;
    this.#client = client;
    this.#provider = provider;
    this.#calls = calls;
    this.#drains = drains;
    // A socket can fail at any time, also when nobody reads it; the loops below see it by what it does to reading.
    for (const { socket } of [client, provider]) socket.on("error", () => undefined);
  }

  /** Resolves when both sides have ended and everything is on record. Never rejects. */
  async run(): Promise<Ending> {
    const [, errorKind] = await Promise.all([this.#carryRequests(), this.#carryAnswers()]);
    clearTimeout(this.#timer);
    return {
      terminatedBy: this.#endedBy ?? "complete",
      errorKind,
      requestBytes: this.#requests.bytes,
      responseBytes: this.#answers.bytes,
    };
  }

  /** Closes as soon as no response is under way. */
  drain(): void {
    this.#isDraining = true;
    this.#closeIfIdle();
  }

  /** Ends it at once, whatever is under way. */
  breakOff(): void {
    this.#endedBy ??= "gateway";
    this.#destroy();
  }

  async #carryRequests(): Promise<void> {
    let isBroken = false;
    try {
      for await (const chunk of chunksOf(this.#client.socket)) {
        await this.#read(this.#client, chunk, (message) => this.#calls.readRequest(message));
        await pass(chunk, this.#client, this.#provider, this.#requests);
        this.#closeIfIdle();
      }
    } catch {
      isBroken = true;
    }
    this.#onClientOver(isBroken);
  }

  /** Returns what went wrong with the provider, where something did. */
  async #carryAnswers(): Promise<ErrorKind | null> {
    let isBroken = false;
    try {
      for await (const chunk of chunksOf(this.#provider.socket)) {
        await this.#read(this.#provider, chunk, (message) => this.#calls.readAnswer(message));
        await pass(chunk, this.#provider, this.#client, this.#answers);
        this.#onHeard(chunk.length);
        this.#closeIfIdle();
      }
    } catch {
      isBroken = true;
    }
    return this.#onProviderOver(isBroken);
  }

  /** Resolves when the chunk may go on. Where a call in it is refused, or can't be recorded, the connection is closed instead. */
  async #read({ reader }: Side, chunk: Buffer, take: (message: Message) => void): Promise<void> {
    if (this.#isClosing) return;
    this.#inFlight++;
    let refusal: unknown;
    try {
      for (const message of await reader.read(chunk)) take(message);
    } catch (error) {
      refusal = error;
    }
    const isWritten = await this.#calls.written();
    this.#inFlight--;
    if (refusal instanceof Refusal) this.#close(refusal.status < 500 ? POLICY_VIOLATION : TRY_AGAIN_LATER);
    else if (refusal) this.#log.error({ err: refusal }, "a message of a WebSocket could not be metered");
    if (!isWritten) this.#close(TRY_AGAIN_LATER);
  }

  #onClientOver(isBroken: boolean): void {
    const isWorthHearing = this.#calls.areUnderWay && !this.#client.reader.hasClosed;
    if (isBroken || isWorthHearing) this.#endedBy ??= "client";
    this.#calls.hasClientLeft = true;
    this.#giveBack = isWorthHearing && !this.#isClosing ? this.#drains.enter() : undefined;
    if (!this.#giveBack) this.#provider.socket.end();
    if (isWorthHearing && !this.#giveBack) this.#provider.socket.destroy();
    this.#destroyAfter(DRAIN_MS_MAX);
  }

  /** While a provider is heard out: whether it has said enough, or too much. */
  #onHeard(bytes: number): void {
    if (!this.#giveBack) return;
    this.#heardBytes += bytes;
    if (!this.#calls.areUnderWay) this.#provider.socket.end();
    if (!this.#calls.areUnderWay || this.#heardBytes > DRAIN_BYTES_MAX) this.#endHearing();
    if (this.#heardBytes > DRAIN_BYTES_MAX) this.#provider.socket.destroy();
  }

  #endHearing(): void {
    this.#giveBack?.();
    this.#giveBack = undefined;
  }

  async #onProviderOver(isBroken: boolean): Promise<ErrorKind | null> {
    this.#endHearing();
    const isClients = this.#calls.hasClientLeft || this.#client.reader.hasClosed;
    const isAbrupt = isBroken || this.#calls.areUnderWay;
    if (isAbrupt) this.#endedBy ??= isClients ? "client" : "upstream";
    const errorKind = this.#endedBy === "upstream" ? "reset" : null;
    // An end without the Close that WebSockets ask for is an end that the client must see as such.
    if (isBroken) this.#client.socket.destroy();
    else this.#client.socket.end();
    this.#destroyAfter(DRAIN_MS_MAX);
    await this.#calls.breakOff(this.#endedBy ?? "upstream", errorKind);
    return errorKind;
  }

  #closeIfIdle(): void {
    if (this.#isDraining && this.#inFlight === 0 && !this.#calls.areUnderWay) this.#close(GOING_AWAY);
  }

  /** Tells both sides, where a frame may stand; a side that is in the middle of one sees that it is cut off. */
  #close(code: number): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#endedBy ??= "gateway";
    if (this.#answers.isBetweenFrames) this.#client.socket.end(closeFrame(code, { isMasked: false }));
    else this.#client.socket.destroy();
    if (this.#requests.isBetweenFrames) this.#provider.socket.end(closeFrame(code, { isMasked: true }));
    else this.#provider.socket.destroy();
    this.#destroyAfter(CLOSE_MS_MAX);
  }

  #destroyAfter(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#destroy(), milliseconds);
  }

  #destroy(): void {
    this.#client.socket.destroy();
    this.#provider.socket.destroy();
  }
}

/** What comes from a socket, which outlives the reading: its other direction may still be needed. */
async function* chunksOf(socket: Duplex): AsyncGenerator<Buffer> {
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    if (Buffer.isBuffer(chunk)) yield chunk;
  }
}

/** Resolves when the other side takes more, or takes nothing ever again. */
function pass(chunk: Buffer, from: Side, { socket }: Side, passed: Passed): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed || socket.writableEnded) {
      resolve();
      return;
    }
    passed.bytes += chunk.length;
    passed.isBetweenFrames = from.reader.isBetweenFrames;
    if (socket.write(chunk)) {
      resolve();
      return;
    }
    const goOn = (): void => {
      socket.off("drain", goOn).off("close", goOn);
      resolve();
    };
    socket.on("drain", goOn).on("close", goOn);
  });
}

/** A Close frame (RFC 6455, 5.5.1). A client's are masked, with any mask: of zeros, it leaves the code as it is. */
function closeFrame(code: number, { isMasked }: { isMasked: boolean }): Buffer {
  const codeBytes = [code >> 8, code & 0xff];
  return Buffer.from(isMasked ? [0x88, 0x82, 0, 0, 0, 0, ...codeBytes] : [0x88, 0x02, ...codeBytes]);
}

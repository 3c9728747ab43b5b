// The messages of one direction of a WebSocket, as text, from a copy of its bytes: frames put together (frame-reader.ts), and
// inflated where the two sides have agreed on permessage-deflate (RFC 7692).
//
// Always holds: reading can't harm the connection. A message is kept, and inflated, up to MESSAGE_BYTES_MAX; what is larger, or
// can't be inflated, is skipped. Where messages are deflated with a view to the ones before them, the window of 32 KB is
// carried on from each to the next, so after one that was skipped no other can be read, and the reading ends.

import { constants, inflateRaw, inflateRawSync } from "node:zlib";
import { promisify } from "node:util";
import { isSystemError } from "../../../schemas/data-directory.ts";
import { FrameReader, type FramedMessage } from "./frame-reader.ts";

/** As much as of an HTTP body. */
export const MESSAGE_BYTES_MAX = 32 * 1024 * 1024;

const WINDOW_BYTES = 32 * 1024;
/** The end of each deflated message, which is not sent. (RFC 7692, 7.2.2) */
const DEFLATE_TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/**
 * A small message is inflated at once, in a tenth of the time that a thread takes to be given it; one that turns out to be large is
 * given to a thread, so that nobody else waits for it.
 */
const SMALL_BYTES_MAX = 16 * 1024;
const SMALL_INFLATED_BYTES_MAX = 256 * 1024;
const SMALL_CHUNK_BYTES = 4 * 1024;

const inflate = promisify(inflateRaw);

export interface Message {
  text: Buffer;
  wireBytes: number;
}

/** How messages are deflated: `afresh` each, or `onward` from the one before; `unknown`: by an extension nobody here knows. */
export type Deflation = "none" | "afresh" | "onward" | "unknown";

export const UNREAD_REASONS = ["framing", "too_large", "encoding"] as const;
export type UnreadReason = (typeof UNREAD_REASONS)[number];

export class MessageReader {
  readonly #frames: FrameReader;
  readonly #deflation: Deflation;
  readonly #onUnread: (reason: UnreadReason) => void;
  #framed: FramedMessage[] = [];
  #window = Buffer.alloc(0);
  /** False where nobody wants the messages, and once no more can be read. */
  #isReading: boolean;

  /** @param onUnread told of each message that is skipped, and of the end of the reading */
  constructor(
    { isMetered, deflation }: { isMetered: boolean; deflation: Deflation },
    onUnread: (reason: UnreadReason) => void,
  ) {
    this.#deflation = deflation;
    this.#onUnread = onUnread;
    this.#isReading = isMetered;
    this.#frames = new FrameReader(isMetered ? MESSAGE_BYTES_MAX : 0, (message) =>
      this.#framed.push(message),
    );
    if (isMetered && deflation === "unknown") this.#end("encoding");
  }

  get isBetweenFrames(): boolean {
    return this.#frames.isBetweenFrames;
  }

  /** Whether this side has said that it sends no more. */
  get hasClosed(): boolean {
    return this.#frames.hasClosed;
  }

  /** The messages that this chunk completes. */
  async read(chunk: Buffer): Promise<Message[]> {
    this.#frames.write(chunk);
    const framed = this.#framed;
    this.#framed = [];
    const messages: Message[] = [];
    for (const message of framed) {
      const text = this.#isReading ? await this.#textOf(message) : undefined;
      if (text) messages.push({ text, wireBytes: message.wireBytes });
    }
    if (this.#isReading && this.#frames.isBroken) this.#end("framing");
    return messages;
  }

  async #textOf({ payload, isCompressed }: FramedMessage): Promise<Buffer | undefined> {
    if (isCompressed && this.#deflation === "none") return this.#end("framing");
    if (!payload) return this.#skip("too_large", isCompressed);
    if (!isCompressed) return payload;
    try {
      const text = await inflateMessage(payload, this.#window);
      if (this.#deflation === "onward") this.#carryOn(text);
      return text;
    } catch {
      return this.#skip("encoding", isCompressed);
    }
  }

  #carryOn(text: Buffer): void {
    this.#window =
      text.length < WINDOW_BYTES
        ? Buffer.concat([this.#window.subarray(text.length - WINDOW_BYTES), text])
        : Buffer.from(text.subarray(-WINDOW_BYTES));
  }

  #skip(reason: UnreadReason, isCompressed: boolean): undefined {
    if (isCompressed && this.#deflation === "onward") return this.#end(reason);
    this.#onUnread(reason);
    return undefined;
  }

  #end(reason: UnreadReason): undefined {
    this.#isReading = false;
    this.#window = Buffer.alloc(0);
    this.#onUnread(reason);
    return undefined;
  }
}

/** @throws where it is not deflated, or inflates to more than MESSAGE_BYTES_MAX */
async function inflateMessage(payload: Buffer, window: Buffer): Promise<Buffer> {
  const deflated = Buffer.concat([payload, DEFLATE_TAIL]);
  const options = {
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(window.length > 0 && { dictionary: window }),
  };
  if (deflated.length <= SMALL_BYTES_MAX) {
    const limits = { maxOutputLength: SMALL_INFLATED_BYTES_MAX, chunkSize: SMALL_CHUNK_BYTES };
    try {
      return inflateRawSync(deflated, { ...options, ...limits });
    } catch (error) {
      if (!isSystemError(error) || error.code !== "ERR_BUFFER_TOO_LARGE") throw error;
    }
  }
  return inflate(deflated, { ...options, maxOutputLength: MESSAGE_BYTES_MAX });
}

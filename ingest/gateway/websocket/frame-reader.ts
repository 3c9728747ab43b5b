// Reads the frames of a WebSocket (RFC 6455, 5.2) from a copy of the bytes of one direction, and puts messages together from
// them: fragments, control frames in between, masks, lengths of 7, 16 and 64 bits.
//
// It answers nothing and refuses nothing: the bytes have their own way to the other side, who judges them. What is no frame
// ends the reading, and a message over the limit is skipped, so that memory is bounded by one message, and by none where
// nobody wants them.

const HEADER_BYTES_MIN = 2;
const HEADER_BYTES_MAX = 14;
const MASK_BYTES = 4;
const CONTROL_BYTES_MAX = 125;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const FINAL = 0x80;
const COMPRESSED = 0x40;
const RESERVED = 0x30;
const MASKED = 0x80;

const CONTINUATION = 0x0;
const BINARY = 0x2;
const CLOSE = 0x8;
const PONG = 0xa;

export interface FramedMessage {
  /** Without its masks; undefined where it was over the limit. */
  payload: Buffer | undefined;
  isCompressed: boolean;
  /** What it took on the wire, with the headers of its frames. */
  wireBytes: number;
}

interface Frame {
  opcode: number;
  isFinal: boolean;
  mask: Buffer | undefined;
  payloadBytes: number;
  readBytes: number;
}

export class FrameReader {
  /** Whether a Close frame has come: nothing follows it. */
  hasClosed = false;
  /** Whether these are no frames, or not any more. */
  isBroken = false;
  readonly #payloadBytesMax: number;
  readonly #onMessage: (message: FramedMessage) => void;
  readonly #header = Buffer.alloc(HEADER_BYTES_MAX);
  #headerBytes = 0;
  #frame: Frame | undefined;
  /** The message under way, from its first frame to its final one. */
  #message: FramedMessage | undefined;
  #parts: Buffer[] = [];
  #partsBytes = 0;

  /** @param payloadBytesMax a message whose payload is larger is told of without it */
  constructor(payloadBytesMax: number, onMessage: (message: FramedMessage) => void) {
    this.#payloadBytesMax = payloadBytesMax;
    this.#onMessage = onMessage;
  }

  /** Whether a frame of somebody else's could stand here. */
  get isBetweenFrames(): boolean {
    return !this.isBroken && this.#headerBytes === 0 && this.#frame === undefined;
  }

  write(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.isBroken) {
      at += this.#frame ? this.#readPayload(this.#frame, chunk.subarray(at)) : this.#readHeader(chunk, at);
      if (this.#frame && this.#frame.readBytes === this.#frame.payloadBytes) this.#endFrame(this.#frame);
    }
  }

  /** Takes a byte of a header; the byte that completes it opens the frame. */
  #readHeader(chunk: Buffer, at: number): number {
    this.#header[this.#headerBytes] = chunk[at] ?? 0;
    this.#headerBytes++;
    if (this.#headerBytes < HEADER_BYTES_MIN || this.#headerBytes < headerLength(this.#header)) return 1;
    const frame = toFrame(this.#header.subarray(0, this.#headerBytes));
    if (this.#isForeign(frame)) {
      this.isBroken = true;
      this.#parts = [];
      return 1;
    }
    this.#frame = frame;
    if (!isControl(frame)) {
      this.#message ??= { payload: undefined, isCompressed: this.#hasBits(COMPRESSED), wireBytes: 0 };
      this.#message.wireBytes += this.#headerBytes;
    }
    this.#headerBytes = 0;
    return 1;
  }

  /** Whether no endpoint would take this frame here. (RFC 6455, 5.2 to 5.5) */
  #isForeign({ opcode, isFinal, payloadBytes }: Frame): boolean {
    if (this.#hasBits(RESERVED) || !Number.isSafeInteger(payloadBytes)) return true;
    if (opcode >= CLOSE) return opcode > PONG || !isFinal || payloadBytes > CONTROL_BYTES_MAX;
    const continues = opcode === CONTINUATION;
    if (continues && this.#hasBits(COMPRESSED)) return true;
    return opcode > BINARY || continues !== (this.#message !== undefined);
  }

  /** Of the first byte of the header that has just been read. */
  #hasBits(bits: number): boolean {
    return ((this.#header[0] ?? 0) & bits) !== 0;
  }

  #readPayload(frame: Frame, rest: Buffer): number {
    const part = rest.subarray(0, frame.payloadBytes - frame.readBytes);
    if (!isControl(frame)) this.#keep(frame, part);
    frame.readBytes += part.length;
    return part.length;
  }

  #keep(frame: Frame, part: Buffer): void {
    if (this.#message) this.#message.wireBytes += part.length;
    this.#partsBytes += part.length;
    if (this.#partsBytes <= this.#payloadBytesMax) this.#parts.push(unmask(part, frame));
    else this.#parts = [];
  }

  #endFrame(frame: Frame): void {
    this.#frame = undefined;
    if (frame.opcode === CLOSE) this.hasClosed = true;
    const message = this.#message;
    if (isControl(frame) || !frame.isFinal || !message) return;
    if (this.#partsBytes <= this.#payloadBytesMax) message.payload = Buffer.concat(this.#parts);
    this.#message = undefined;
    this.#parts = [];
    this.#partsBytes = 0;
    this.#onMessage(message);
  }
}

function isControl({ opcode }: Frame): boolean {
  return opcode >= CLOSE;
}

/** How long a header is, by its first two bytes. */
function headerLength(header: Buffer): number {
  const second = header[1] ?? 0;
  const length = second & ~MASKED;
  const lengthBytes = length === LENGTH_64 ? 8 : length === LENGTH_16 ? 2 : 0;
  return HEADER_BYTES_MIN + lengthBytes + ((second & MASKED) === 0 ? 0 : MASK_BYTES);
}

function toFrame(header: Buffer): Frame {
  const first = header[0] ?? 0;
  const second = header[1] ?? 0;
  const length = second & ~MASKED;
  return {
    opcode: first & 0x0f,
    isFinal: (first & FINAL) !== 0,
    mask: (second & MASKED) === 0 ? undefined : Buffer.from(header.subarray(-MASK_BYTES)),
    payloadBytes:
      length === LENGTH_64
        ? Number(header.readBigUInt64BE(HEADER_BYTES_MIN))
        : length === LENGTH_16
          ? header.readUInt16BE(HEADER_BYTES_MIN)
          : length,
    readBytes: 0,
  };
}

/** A copy without the mask: the bytes themselves go on as they are. */
function unmask(part: Buffer, { mask, readBytes }: Frame): Buffer {
  if (!mask) return part;
  const plain = Buffer.allocUnsafe(part.length);
  for (let at = 0; at < part.length; at++) {
    plain[at] = (part[at] ?? 0) ^ (mask[(readBytes + at) % MASK_BYTES] ?? 0);
  }
  return plain;
}

// Splits a server-sent event stream into events, whatever the chunks it comes in: lines end in LF, CR or CRLF, also across
// chunks; `data:` may lack its space; comments, unknown fields and a byte order mark in front are passed over; bytes are only
// ever cut at line ends, so a character that two chunks share stays whole. (WHATWG HTML, "Server-sent events", 9.2.6.)
//
// Memory: the event that is being received, at most EVENT_BYTES_MAX. What is larger is passed over, and said.

export const EVENT_BYTES_MAX = 32 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

/** `type` is empty where the stream named none. `data` is valid during the call only. */
export type OnEvent = (type: string, data: Buffer) => void;

export class EventStream {
  /** Events that were too large to be read. */
  oversized = 0;
  readonly #onEvent: OnEvent;
  #lineParts: Buffer[] = [];
  #dataLines: Buffer[] = [];
  #type = "";
  /** Of the event so far, and of its current line, also what was passed over. */
  #eventBytes = 0;
  #lineBytes = 0;
  #isAfterCr = false;
  #isFirstLine = true;

  constructor(onEvent: OnEvent) {
    this.#onEvent = onEvent;
  }

  write(chunk: Buffer): void {
    let start = this.#isAfterCr && chunk[0] === LF ? 1 : 0;
    if (chunk.length > 0) this.#isAfterCr = false;
    let cr = chunk.indexOf(CR, start);
    let lf = chunk.indexOf(LF, start);
    while (cr !== -1 || lf !== -1) {
      const isCr = cr !== -1 && (lf === -1 || cr < lf);
      const end = isCr ? cr : lf;
      this.#endLine(chunk.subarray(start, end));
      start = end + 1;
      if (isCr && start === chunk.length) this.#isAfterCr = true;
      if (isCr && chunk[start] === LF) start++;
      if (cr !== -1 && cr < start) cr = chunk.indexOf(CR, start);
      if (lf !== -1 && lf < start) lf = chunk.indexOf(LF, start);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** The stream has ended. An event that lacks only its closing empty line counts, as providers do send such. */
  end(): void {
    if (this.#lineParts.length > 0) this.#endLine(Buffer.alloc(0));
    this.#dispatch();
  }

  #keep(part: Buffer): void {
    this.#lineBytes += part.length;
    this.#eventBytes += part.length;
    if (this.#isOversized()) this.#lineParts = [];
    else this.#lineParts.push(part);
  }

  #endLine(lastPart: Buffer): void {
    const isEmpty = lastPart.length + this.#lineBytes === 0;
    if (isEmpty) {
      this.#isFirstLine = false;
      this.#dispatch();
      return;
    }
    const line = this.#lineParts.length === 0 ? lastPart : Buffer.concat([...this.#lineParts, lastPart]);
    this.#lineParts = [];
    this.#lineBytes = 0;
    this.#eventBytes += lastPart.length;
    this.#takeLine(this.#isFirstLine ? withoutByteOrderMark(line) : line);
    this.#isFirstLine = false;
  }

  #isOversized(): boolean {
    return this.#eventBytes > EVENT_BYTES_MAX;
  }

  #takeLine(line: Buffer): void {
    if (this.#isOversized()) {
      this.#dataLines = [];
    } else if (startsWith(line, "data")) {
      this.#dataLines.push(fieldValue(line, 4));
    } else if (startsWith(line, "event")) {
      this.#type = fieldValue(line, 5).toString("utf8");
    }
  }

  #dispatch(): void {
    const [first, ...more] = this.#dataLines;
    if (this.#isOversized()) this.oversized++;
    else if (first) this.#onEvent(this.#type, more.length === 0 ? first : joinLines(first, more));
    this.#dataLines = [];
    this.#type = "";
    this.#eventBytes = 0;
  }
}

function withoutByteOrderMark(line: Buffer): Buffer {
  return line.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? line.subarray(BYTE_ORDER_MARK.length)
    : line;
}

function joinLines(first: Buffer, more: readonly Buffer[]): Buffer {
  const newline = Buffer.from("\n");
  return Buffer.concat([first, ...more.flatMap((line) => [newline, line])]);
}

/** Whether a line's field has this name: the name is all of the line, or a colon follows it. */
function startsWith(line: Buffer, name: string): boolean {
  const next = line[name.length];
  return (next === COLON || next === undefined) && line.toString("latin1", 0, name.length) === name;
}

function fieldValue(line: Buffer, nameLength: number): Buffer {
  const start = nameLength + 1;
  return line.subarray(line[start] === SPACE ? start + 1 : start);
}

// One response over a WebSocket, from when it was asked for, or began, to its event: what has been read of it, and what is kept of
// it in case nobody reports its usage.

import type { ErrorKind, TerminatedBy } from "../../../schemas/closed-lists.ts";
import type { TokenEvent } from "../../../schemas/token-event.ts";
import { finishEvent } from "../finish-event.ts";
import type { AnswerReader, Provider, Reading, TokenCounts } from "../providers/provider.ts";

/** As much as of a stream over HTTP. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export interface CallStart {
  draft: TokenEvent;
  reader: AnswerReader;
  /** Requests of one lane are answered in their order; '' where the client named none. */
  lane: string;
  /** Undefined where nobody asked, or where it was not kept. */
  request: Buffer | undefined;
  requestBytes: number;
  /** The client's own name for the message that asked. */
  clientEventId: string | null;
}

export interface CallEnd {
  terminatedBy: TerminatedBy;
  errorKind: ErrorKind | null;
  estimate?: TokenCounts | undefined;
}

/** A message of the provider about the response. */
export interface AnswerMessage {
  type: string;
  text: Buffer;
  wireBytes: number;
  /** Whether it is all of an answer, with its usage in it, and no event of a stream. */
  isWhole: boolean;
  /** An error's own HTTP status, where it has one. */
  status: number | null;
}

export class ResponseCall {
  readonly draft: TokenEvent;
  readonly lane: string;
  readonly clientEventId: string | null;
  readonly request: Buffer | undefined;
  /** Null until the response has begun. */
  responseId: string | null = null;
  /** Whether it is made by the model that a session is with. */
  isOfSession = true;
  readonly #reader: AnswerReader;
  readonly #startedAt = performance.now();
  readonly #requestBytes: number;
  #firstByteMs: number | null = null;
  #status = 0;
  #responseBytes = 0;
  #answer: Buffer[] = [];
  #answerBytes = 0;
  #isAnswerWhole = true;

  constructor({ draft, reader, lane, request, requestBytes, clientEventId }: CallStart) {
    this.draft = draft;
    this.lane = lane;
    this.request = request;
    this.clientEventId = clientEventId;
    this.#reader = reader;
    this.#requestBytes = requestBytes;
  }

  get reading(): Reading {
    return this.#reader.reading;
  }

  /** What came, as an event stream: what features and estimates are made of. */
  get answer(): Buffer {
    return Buffer.concat(this.#answer);
  }

  get isAnswerWhole(): boolean {
    return this.#isAnswerWhole;
  }

  /** Whether nothing was reported though a model was at work: a refused request has used nothing. */
  get isUsageUnknown(): boolean {
    return this.reading.tokens === undefined && (this.#status === 0 || this.#status === 200);
  }

  read({ type, text, wireBytes, isWhole, status }: AnswerMessage): void {
    this.#firstByteMs ??= performance.now() - this.#startedAt;
    this.#responseBytes += wireBytes;
    // What HTTP would have said: an error has its status, if it comes first; whatever else comes, the response has begun.
    if (this.#status === 0) this.#status = status ?? 200;
    if (isWhole) this.#reader.readBody(text);
    else this.#reader.readEvent(type, text);
    this.#answerBytes += text.length;
    if (this.#answerBytes <= ANSWER_BYTES_MAX)
      this.#answer.push(Buffer.from(`event: ${type}\ndata: `), text, Buffer.from("\n\n"));
    else this.#isAnswerWhole = false;
  }

  toEvent(provider: Provider, { terminatedBy, errorKind, estimate }: CallEnd): TokenEvent {
    return finishEvent(this.draft, provider, {
      status: this.#status,
      terminatedBy,
      errorKind,
      firstByteMs: this.#firstByteMs,
      durationMs: performance.now() - this.#startedAt,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
      requestId: null,
      reading: this.reading,
      estimate,
    });
  }
}

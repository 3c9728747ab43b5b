// The calls of one WebSocket: each response that its provider makes is a call of its own, from the client's `response.create`, or
// from `response.created` where the provider began by itself (turns that it detects, steered successors), to the event that
// ends it. Several may be under way, one after the other or at once. (platform.openai.com, API reference: WebSocket events of
// responses, server events of realtime.)
//
// Which call an event belongs to: the one whose response has its id; a `response.created` is of the longest waiting call of
// its lane (`stream_id`, where the client named lanes), because a lane is served in order; what names no response is of the
// latest one of its lane.
//
// Always holds: each call is recorded once, also when the connection ends under it. An intent is with the kernel before the
// request goes on, an event before the message that ends its response does (`written`).

import type { ErrorKind, TerminatedBy } from "../../../schemas/closed-lists.ts";
import type { TokenEvent } from "../../../schemas/token-event.ts";
import { countCall, type CallCounter } from "../count-call.ts";
import type { Estimator } from "../estimate/estimator.ts";
import { finishEvent } from "../finish-event.ts";
import { countMember, parseMember, scanMember, scanObject, textMember, type Members } from "../json-scan.ts";
import type { AnswerReader, TokenCounts } from "../providers/provider.ts";
import type { Route } from "../route.ts";
import type { SpoolWriter } from "../../spool/writer.ts";
import type { Message } from "./message-reader.ts";

/** Of one connection. A client that asks for more at once gets them, but what it asked is not read. */
export const RESPONSES_MAX = 64;
/** Of all requests and of each answer under way, what is kept in case nobody reports usage and it has to be estimated. */
const REQUEST_BYTES_MAX = 32 * 1024 * 1024;
const ANSWER_BYTES_MAX = 1024 * 1024;

const NO_BYTES = Buffer.alloc(0);
const OF_RESPONSES = "response.";
const BEGINNING = "response.created";
/** What a second response is refused with while the first is under way; an error need not say which request it is about. */
const ALREADY_UNDER_WAY = "conversation_already_has_active_response";

export interface CallsParts extends CallCounter {
  spool: SpoolWriter;
  estimator: Estimator;
  /** Refuse calls that can't be recorded. */
  strict: boolean;
  /** @throws Refusal where the caller is not let through any more: a key can be revoked while its connection is open */
  checkCaller: () => void;
  /** The event of a call as far as it is known from its request; of one that nobody asked for, the request is empty. */
  draft: (request: Buffer) => TokenEvent;
}

interface ResponseCall {
  draft: TokenEvent;
  reader: AnswerReader;
  lane: string;
  /** The client's own name for the message that asked. */
  clientEventId: string | null;
  responseId: string | null;
  startedAt: number;
  firstByteMs: number | null;
  status: number;
  requestBytes: number;
  responseBytes: number;
  request: Buffer | undefined;
  answer: Buffer[];
  answerBytes: number;
}

export class ResponseCalls {
  /** Set when the client has gone, and its provider is only heard out. */
  hasClientLeft = false;
  readonly #parts: CallsParts;
  readonly #route: Route;
  /** In the order in which they were asked for, or began. */
  readonly #underWay = new Set<ResponseCall>();
  #keptRequestBytes = 0;
  /** What the session is with, where the interface tells it once for all of its responses. */
  #sessionModel: string | null = null;
  #unwritten: Promise<boolean>[] = [];
  /** Bytes that belong to calls, of both directions. */
  requestBytes = 0;
  responseBytes = 0;

  constructor(parts: CallsParts, route: Route) {
    this.#parts = parts;
    this.#route = route;
  }

  get areUnderWay(): boolean {
    return this.#underWay.size > 0;
  }

  /** Resolves when all records so far are with the kernel: to false where one is not, and calls must not go on then. */
  async written(): Promise<boolean> {
    if (this.#unwritten.length === 0) return true;
    const unwritten = this.#unwritten;
    this.#unwritten = [];
    const results = await Promise.all(unwritten);
    return results.every(Boolean) || !this.#parts.strict;
  }

  /**
   * A message of the client.
   * @throws Refusal where it asks for a response that its caller must not have
   */
  readRequest({ text, wireBytes }: Message): void {
    const members = scanObject(text);
    if (textMember(text, members, "type") !== "response.create") return;
    this.#parts.checkCaller();
    const inner = members?.get("response");
    const request = inner && this.#isRealtime ? text.subarray(inner.start, inner.end) : text;
    const call = this.#begin(laneOf(text, members), request);
    if (!call) return;
    call.requestBytes = wireBytes;
    call.clientEventId = textMember(text, members, "event_id");
    this.requestBytes += wireBytes;
    // The client prepares the provider for what it will ask: no model answers. Only responses know the word.
    if (parseMember(text, members, "generate") === false) call.draft.request_kind = "auxiliary";
    this.#append("intent", call.draft);
  }

  /**
   * A message of the provider.
   * @throws Refusal where it begins a response that its caller must not have; what it uses is on record all the same
   */
  readAnswer({ text, wireBytes }: Message): void {
    const members = scanObject(text);
    const type = textMember(text, members, "type");
    if (type === null) return;
    const session = scanMember(text, members, "session");
    this.#sessionModel = textMember(text, session, "model") ?? this.#sessionModel;
    const call = type === "error" ? this.#findRefused(text, members) : this.#find(type, text, members);
    if (call) this.#readOf(call, type, { text, members, wireBytes });
    if (type === BEGINNING) this.#parts.checkCaller();
  }

  #readOf(
    call: ResponseCall,
    type: string,
    { text, members, wireBytes }: Message & { members: Members | undefined },
  ): void {
    call.firstByteMs ??= performance.now() - call.startedAt;
    call.responseBytes += wireBytes;
    this.responseBytes += wireBytes;
    keepAnswer(call, type, text);
    if (call.status === 0) call.status = countMember(text, members, "status") ?? 200;
    call.reader.readEvent(type, text);
    if (type === "error" || call.reader.reading.isEnded) {
      this.#end(call, this.hasClientLeft ? "client" : "complete", null);
    }
  }

  /** The connection has ended under whatever was under way. Resolves when all of it is on record. */
  async breakOff(terminatedBy: TerminatedBy, errorKind: ErrorKind | null): Promise<void> {
    const ending = [...this.#underWay].map(async (call) => {
      const estimate = await this.#estimate(call);
      this.#end(call, terminatedBy, errorKind, estimate);
    });
    await Promise.all(ending);
    await this.written();
  }

  get #isRealtime(): boolean {
    return this.#route.operation.api === "realtime";
  }

  #begin(lane: string, request: Buffer): ResponseCall | undefined {
    if (this.#underWay.size >= RESPONSES_MAX) return undefined;
    const isKept = this.#keptRequestBytes + request.length <= REQUEST_BYTES_MAX;
    if (isKept) this.#keptRequestBytes += request.length;
    const call: ResponseCall = {
      draft: this.#parts.draft(request),
      reader: this.#route.provider.createReader(this.#route.operation),
      lane,
      clientEventId: null,
      responseId: null,
      startedAt: performance.now(),
      firstByteMs: null,
      status: 0,
      requestBytes: 0,
      responseBytes: 0,
      request: isKept ? request : undefined,
      answer: [],
      answerBytes: 0,
    };
    this.#underWay.add(call);
    return call;
  }

  #find(type: string, text: Buffer, members: Members | undefined): ResponseCall | undefined {
    const lane = laneOf(text, members);
    const response = scanMember(text, members, "response");
    const id = textMember(text, response, "id") ?? textMember(text, members, "response_id");
    const inLane = [...this.#underWay].filter((call) => call.lane === lane);
    if (id === null && !type.startsWith(OF_RESPONSES)) return undefined;
    if (id === null) return inLane.findLast((call) => call.responseId !== null);
    const known = [...this.#underWay].find((call) => call.responseId === id);
    if (known || !response) return known;
    const waiting = inLane.find((call) => call.responseId === null);
    const call = waiting ?? (type === BEGINNING ? this.#beginUnasked(lane, text, response) : undefined);
    if (call) call.responseId = id;
    return call;
  }

  /** The provider began by itself: all that is known of it is what it says. */
  #beginUnasked(lane: string, text: Buffer, response: Members): ResponseCall | undefined {
    const call = this.#begin(lane, NO_BYTES);
    if (!call) return undefined;
    call.draft.previous_response_id = textMember(text, response, "previous_response_id");
    this.#append("intent", call.draft);
    return call;
  }

  /** The call that an error ends. Of a realtime session's errors most end none. */
  #findRefused(text: Buffer, members: Members | undefined): ResponseCall | undefined {
    const lane = laneOf(text, members);
    const inLane = [...this.#underWay].filter((call) => call.lane === lane);
    const waiting = inLane.filter((call) => call.responseId === null);
    if (this.#isRealtime) {
      const error = scanMember(text, members, "error");
      const about = textMember(text, error, "event_id");
      if (about !== null) return waiting.find((call) => call.clientEventId === about);
      return textMember(text, error, "code") === ALREADY_UNDER_WAY ? waiting.at(-1) : undefined;
    }
    // With an HTTP status it refuses a request; without, it belongs to the stream of a response.
    const begun = inLane.findLast((call) => call.responseId !== null);
    return members?.has("status") ? (waiting[0] ?? begun) : (begun ?? waiting[0]);
  }

  async #estimate({
    draft,
    request,
    status,
    reader,
    answer,
  }: ResponseCall): Promise<TokenCounts | undefined> {
    // What is heard and said there can't be counted by its text.
    const isUnknown = reader.reading.tokens === undefined && (status === 0 || status === 200);
    if (!isUnknown || this.#isRealtime) return undefined;
    const model = draft.model_requested ?? "";
    return this.#parts.estimator.estimate({ model, request, answer: Buffer.concat(answer) });
  }

  #end(
    call: ResponseCall,
    terminatedBy: TerminatedBy,
    errorKind: ErrorKind | null,
    estimate?: TokenCounts,
  ): void {
    // It may have been recorded while its estimate was made.
    if (!this.#underWay.delete(call)) return;
    this.#keptRequestBytes -= call.request?.length ?? 0;
    const { draft, reader } = call;
    const { reading } = reader;
    reading.modelServed ??= this.#sessionModel;
    countCall(this.#parts, draft, { terminatedBy, reading });
    const event = finishEvent(draft, this.#route.provider, {
      status: call.status,
      terminatedBy,
      errorKind,
      firstByteMs: call.firstByteMs,
      durationMs: performance.now() - call.startedAt,
      requestBytes: call.requestBytes,
      responseBytes: call.responseBytes,
      requestId: null,
      reading,
      estimate,
    });
    this.#append("event", event);
  }

  #append(record: "intent" | "event", event: TokenEvent): void {
    const written = new Promise<boolean>((resolve) => {
      // An event's failure is logged and counted where it happened; the client is not made to pay for it.
      this.#parts.spool.append({ record, event }, (failure) => resolve(!failure || record === "event"));
    });
    this.#unwritten.push(written);
  }
}

/** Requests of one lane are answered in their order. The client need not name any. */
function laneOf(text: Buffer, members: Members | undefined): string {
  return textMember(text, members, "stream_id") ?? "";
}

/** In the form of an event stream, which is what an estimate reads. */
function keepAnswer(call: ResponseCall, type: string, text: Buffer): void {
  if (call.answerBytes + text.length > ANSWER_BYTES_MAX) return;
  call.answerBytes += text.length;
  call.answer.push(Buffer.from(`event: ${type}\ndata: `), text, Buffer.from("\n\n"));
}

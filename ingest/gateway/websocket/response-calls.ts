// The calls of one WebSocket: each response that its provider makes is a call of its own, from the client's `response.create`, or
// from `response.created` where the provider began by itself (turns that it detects, steered successors), to the event that
// ends it. Several may be under way, one after the other or at once. What a realtime session's other model wrote down of what it
// heard is a call too. (platform.openai.com, API reference: WebSocket events of responses, server events of realtime.)
//
// Which call an event belongs to: the one whose response has its id; a `response.created` is of the longest waiting call of
// its lane (`stream_id`, where the client named lanes), because a lane is served in order; what names no response is of the
// latest one of its lane.
//
// Always holds: each call is recorded once, also when the connection ends under it. An intent is with the kernel before the
// request goes on, an event before the message that ends its response does (`written`).

import type { ErrorKind, TerminatedBy } from "../../../schemas/closed-lists.ts";
import type { TokenEvent } from "../../../schemas/token-event.ts";
import type { SpoolWriter } from "../../spool/writer.ts";
import { countCall, type CallCounter } from "../count-call.ts";
import type { Estimator } from "../estimate/estimator.ts";
import type { FeatureMaker } from "../features/feature-maker.ts";
import { countMember, parseMember, scanMember, scanObject, textMember, type Members } from "../json-scan.ts";
import type { Route } from "../route.ts";
import type { Message } from "./message-reader.ts";
import { ResponseCall, type CallEnd } from "./response-call.ts";

/** Of one connection. A client that asks for more at once gets them, but what it asked is not read. */
export const RESPONSES_MAX = 64;
/** Of all requests under way, what is kept in case nobody reports usage and it has to be estimated. */
const REQUEST_BYTES_MAX = 32 * 1024 * 1024;

const OF_RESPONSES = "response.";
const BEGINNING = "response.created";
const TRANSCRIBED = "conversation.item.input_audio_transcription.completed";
/** What a second response is refused with while the first is under way; an error need not say which request it is about. */
const ALREADY_UNDER_WAY = "conversation_already_has_active_response";

export interface CallsParts extends CallCounter {
  spool: Pick<SpoolWriter, "append">;
  estimator: Estimator;
  features: Pick<FeatureMaker, "take">;
  /** Refuse calls that can't be recorded. */
  strict: boolean;
  /** @throws Refusal where the caller is not let through any more: a key can be revoked while its connection is open */
  checkCaller: () => void;
  /** The event of a call as far as it is known from its request; of one that nobody asked for, the request is empty. */
  draft: (request: Buffer) => TokenEvent;
}

/** A message, with its members found. */
interface Scanned extends Message {
  members: Members | undefined;
  lane: string;
}

/** In place of a client's message, where the provider begins by itself. */
const NOT_ASKED: Scanned = { text: Buffer.alloc(0), wireBytes: 0, members: undefined, lane: "" };

export class ResponseCalls {
  /** Set when the client has gone, and its provider is only heard out. */
  hasClientLeft = false;
  /** Bytes that belong to calls, of each direction. */
  requestBytes = 0;
  responseBytes = 0;
  readonly #parts: CallsParts;
  readonly #route: Route;
  /** In the order in which they were asked for, or began. */
  readonly #underWay = new Set<ResponseCall>();
  #keptBytes = 0;
  /** What a realtime session is with, told once for all of its responses; and what writes down what it hears. */
  #sessionModel: string | null = null;
  #transcriptionModel: string | null = null;
  #unwritten: Promise<boolean>[] = [];

  constructor(parts: CallsParts, route: Route) {
    this.#parts = parts;
    this.#route = route;
  }

  get areUnderWay(): boolean {
    return this.#underWay.size > 0;
  }

  /** Resolves when all records so far are with the kernel: to false where one is not, and calls must not go on then. */
  async written(): Promise<boolean> {
    const results = await Promise.all(this.#unwritten.splice(0));
    return results.every(Boolean) || !this.#parts.strict;
  }

  /**
   * A message of the client.
   * @throws Refusal where it asks for a response that its caller must not have
   */
  readRequest(message: Message): void {
    const asked = scan(message);
    if (textMember(asked.text, asked.members, "type") !== "response.create") return;
    this.#parts.checkCaller();
    // With `generate: false` a client prepares the provider for what it will ask: no model answers.
    const isPreparing = parseMember(asked.text, asked.members, "generate") === false;
    this.#begin(asked, isPreparing ? { request_kind: "auxiliary" } : {});
  }

  /**
   * A message of the provider.
   * @throws Refusal where it begins a response that its caller must not have; what it uses is on record all the same
   */
  readAnswer(message: Message): void {
    const scanned = scan(message);
    const { text, members, wireBytes } = scanned;
    const type = textMember(text, members, "type");
    if (type === null) return;
    this.#readSession(scanned);
    const call = this.#find(type, scanned);
    if (call) {
      this.responseBytes += wireBytes;
      const isWhole = type === TRANSCRIBED;
      call.read({ type, text, wireBytes, isWhole, status: countMember(text, members, "status") });
      const isEnded = type === "error" || isWhole || call.reading.isEnded;
      const terminatedBy = this.hasClientLeft ? "client" : "complete";
      if (isEnded) this.#end(call, { terminatedBy, errorKind: null });
    }
    if (type === BEGINNING) this.#parts.checkCaller();
  }

  /** The connection has ended under whatever was under way. Resolves when all of it is on record. */
  async breakOff(terminatedBy: TerminatedBy, errorKind: ErrorKind | null): Promise<void> {
    const ending = [...this.#underWay].map(async (call) => {
      const { draft, request, answer } = call;
      // What is heard and said in a session can't be counted by its text.
      const isEstimated = call.isUsageUnknown && !this.#isRealtime;
      const question = { model: draft.model_requested ?? "", request, answer };
      const estimate = isEstimated ? await this.#parts.estimator.estimate(question) : undefined;
      this.#end(call, { terminatedBy, errorKind, estimate });
    });
    await Promise.all(ending);
    await this.written();
  }

  get #isRealtime(): boolean {
    return this.#route.operation.api === "realtime";
  }

  /** @param said what is known of the call beside the client's message */
  #begin(
    { text, members, lane, wireBytes }: Scanned,
    said: Partial<TokenEvent> = {},
  ): ResponseCall | undefined {
    if (this.#underWay.size >= RESPONSES_MAX) return undefined;
    const inner = this.#isRealtime ? members?.get("response") : undefined;
    const request = inner ? text.subarray(inner.start, inner.end) : text;
    const isKept = request.length > 0 && this.#keptBytes + request.length <= REQUEST_BYTES_MAX;
    const call = new ResponseCall({
      draft: { ...this.#parts.draft(request), ...said },
      reader: this.#route.provider.createReader(this.#route.operation),
      lane,
      request: isKept ? request : undefined,
      requestBytes: wireBytes,
      clientEventId: textMember(text, members, "event_id"),
    });
    this.#keptBytes += call.request?.length ?? 0;
    this.requestBytes += wireBytes;
    this.#underWay.add(call);
    this.#append("intent", call.draft);
    return call;
  }

  #readSession({ text, members }: Scanned): void {
    const session = scanMember(text, members, "session");
    if (!session) return;
    this.#sessionModel = textMember(text, session, "model") ?? this.#sessionModel;
    const input = scanMember(text, scanMember(text, session, "audio"), "input");
    const transcription =
      scanMember(text, input, "transcription") ?? scanMember(text, session, "input_audio_transcription");
    this.#transcriptionModel = textMember(text, transcription, "model") ?? this.#transcriptionModel;
  }

  #find(type: string, scanned: Scanned): ResponseCall | undefined {
    if (type === "error") return this.#findRefused(scanned);
    if (type === TRANSCRIBED) return this.#beginTranscription();
    const { text, members, lane } = scanned;
    const response = scanMember(text, members, "response");
    const id = textMember(text, response, "id") ?? textMember(text, members, "response_id");
    if (id === null) return type.startsWith(OF_RESPONSES) ? this.#begun(lane).at(-1) : undefined;
    const known = [...this.#underWay].find((call) => call.responseId === id);
    if (known || !response) return known;
    const isUnasked = type === BEGINNING && this.#waiting(lane).length === 0;
    const previous = textMember(text, response, "previous_response_id");
    const call = isUnasked
      ? this.#begin({ ...NOT_ASKED, lane }, { previous_response_id: previous })
      : this.#waiting(lane)[0];
    if (call) call.responseId = id;
    return call;
  }

  /** A call that begins and ends with one message. Its model is not the session's, and has its own price. */
  #beginTranscription(): ResponseCall | undefined {
    const call = this.#begin(NOT_ASKED, {
      request_kind: "auxiliary",
      model_requested: this.#transcriptionModel,
    });
    if (call) call.isOfSession = false;
    return call;
  }

  /** The call that an error ends. Of a realtime session's errors most end none. */
  #findRefused({ text, members, lane }: Scanned): ResponseCall | undefined {
    const waiting = this.#waiting(lane);
    if (this.#isRealtime) {
      const error = scanMember(text, members, "error");
      const about = textMember(text, error, "event_id");
      if (about !== null) return waiting.find((call) => call.clientEventId === about);
      return textMember(text, error, "code") === ALREADY_UNDER_WAY ? waiting.at(-1) : undefined;
    }
    // With an HTTP status it refuses a request; without, it belongs to the stream of a response.
    const begun = this.#begun(lane).at(-1);
    return members?.has("status") ? (waiting[0] ?? begun) : (begun ?? waiting[0]);
  }

  #waiting(lane: string): ResponseCall[] {
    return [...this.#underWay].filter((call) => call.lane === lane && call.responseId === null);
  }

  #begun(lane: string): ResponseCall[] {
    return [...this.#underWay].filter((call) => call.lane === lane && call.responseId !== null);
  }

  #end(call: ResponseCall, end: CallEnd): void {
    // It may have been recorded while its estimate was made.
    if (!this.#underWay.delete(call)) return;
    this.#keptBytes -= call.request?.length ?? 0;
    if (call.isOfSession) call.reading.modelServed ??= this.#sessionModel;
    countCall(this.#parts, call.draft, { terminatedBy: end.terminatedBy, reading: call.reading });
    const event = call.toEvent(this.#route.provider, end);
    this.#append("event", event, () => this.#parts.features.take(event, call.request, call));
  }

  #append(record: "intent" | "event", event: TokenEvent, then?: () => void): void {
    const written = new Promise<boolean>((resolve) => {
      this.#parts.spool.append({ record, event }, (failure) => {
        // An event's failure is logged and counted where it happened; the client is not made to pay for it.
        resolve(!failure || record === "event");
        then?.();
      });
    });
    this.#unwritten.push(written);
  }
}

function scan(message: Message): Scanned {
  const members = scanObject(message.text);
  return { ...message, members, lane: textMember(message.text, members, "stream_id") ?? "" };
}

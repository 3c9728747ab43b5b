// One call on its way: the provider's answer to the client, chunk by chunk, and its record to the spool.
//
// Always holds:
// - The client gets the provider's bytes in their order, each chunk when it came. A chunk waits for two things only: to be
//   decoded for the meter, where it is encoded, and, if it ends the call, for the call's record to be with the kernel. So a
//   client that has all of its answer is on record, even if this process is killed the moment after.
// - A stream that the provider breaks off is never ended cleanly: a client must see that it has not got everything.
// - When the client leaves, the provider is heard out, within limits, because its last word says what the call used. What
//   nobody reported is estimated, and marked so.
// - The record is made once, whoever ends the call, and however often they do.

import type { ServerResponse } from "node:http";
import { errors, type Dispatcher } from "undici";
import type { ErrorKind, TerminatedBy } from "../../schemas/closed-lists.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import type { Upstream } from "../../schemas/upstreams.ts";
import type { SpoolWriter } from "../spool/writer.ts";
import { ClientLeft, GatewayEnds } from "./breaking-off.ts";
import { ClientAnswer } from "./client-answer.ts";
import { countCall, type CallCounter } from "./count-call.ts";
import { DRAIN_BYTES_MAX, DRAIN_MS_MAX, type Drains } from "./drains.ts";
import type { Estimator } from "./estimate/estimator.ts";
import type { FeatureMaker } from "./features/feature-maker.ts";
import { finishEvent } from "./finish-event.ts";
import { toClientHeaders } from "./headers.ts";
import { isEventStream, Meter } from "./meter/meter.ts";
import type { TokenCounts } from "./providers/provider.ts";
import { Refusal, sendRefusal } from "./refusal.ts";
import { textOf, type RequestBody } from "./request-body.ts";
import type { Route } from "./route.ts";
import { UsageChunkFilter } from "./usage-chunk-filter.ts";

/** What an exchange needs of the gateway. */
export interface ExchangeParts extends CallCounter {
  spool: SpoolWriter;
  estimator: Estimator;
  features: FeatureMaker;
  drains: Drains;
  dispatcherOf: (upstream: Upstream) => Dispatcher;
}

export interface Call {
  draft: TokenEvent;
  route: Route;
  /** As the client sent it. */
  body: RequestBody;
  /** Whether the gateway has asked for usage, which the client must not see. */
  isUsageHidden: boolean;
  outgoing: ServerResponse;
  /** `performance.now()` when the request began. */
  startedAt: number;
}

/** Sends a call to its provider. Resolves when the client has its answer, or is gone, and the call is on record. */
export function exchange(
  gateway: ExchangeParts,
  call: Call,
  request: Dispatcher.DispatchOptions,
): Promise<void> {
  return new Promise((resolve) => {
    const handler = new Exchange(gateway, call, resolve);
    try {
      gateway.dispatcherOf(call.route.upstream).dispatch(request, handler);
    } catch (error) {
      handler.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
    }
  });
}

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #gateway: ExchangeParts;
  readonly #call: Call;
  readonly #client: ClientAnswer;
  readonly #settle: () => void;
  #controller: Dispatcher.DispatchController | undefined;
  #meter: Meter | undefined;
  /** Takes out what the gateway itself has asked for, where it has. */
  #filter: UsageChunkFilter | undefined;
  #status = 0;
  #requestId: string | null = null;
  #contentLength: number | undefined;
  #firstByteMs: number | null = null;
  #receivedBytes = 0;
  #progress: "under way" | "completing" | "recording" | "recorded" = "under way";
  #afterRecord: (() => void)[] = [];
  /** While the provider is heard out for a client that has left: ends that. */
  #endDrain: (() => void) | undefined;

  constructor(gateway: ExchangeParts, call: Call, settle: () => void) {
    this.#gateway = gateway;
    this.#call = call;
    this.#settle = settle;
    this.#client = new ClientAnswer(call.outgoing, () => this.#onClientLeft());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#client.isGone && !this.#endDrain) controller.abort(new ClientLeft());
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: NodeJS.Dict<string | string[]>,
    statusText?: string,
  ): void {
    // An informational answer (103) is not the answer.
    if (status < 200) return;
    const { outgoing, draft, route, isUsageHidden } = this.#call;
    const head = {
      status,
      contentType: first(headers["content-type"]) ?? "",
      contentEncoding: first(headers["content-encoding"]) ?? "",
    };
    this.#status = status;
    this.#requestId = first(headers["x-request-id"]) ?? first(headers["request-id"]) ?? null;
    this.#meter = new Meter(this.#gateway.log, route.provider, route.operation, head);
    const isShortened = isUsageHidden && isEventStream(head) && head.contentEncoding === "";
    if (isShortened) this.#filter = new UsageChunkFilter();
    const hasBody = outgoing.req.method !== "HEAD" && status !== 204 && status !== 304;
    const length = first(headers["content-length"]);
    this.#contentLength = hasBody && length !== undefined ? Number(length) : undefined;
    if (this.#client.isGone) return;
    const raw = Array.isArray(controller.rawHeaders) ? controller.rawHeaders : [];
    const toClient = toClientHeaders(raw, { eventId: draft.event_id, isShortened });
    this.#client.begin(controller, status, statusText ?? "", toClient);
    // A client that is told of no bytes has the whole answer with the headers, so those wait too.
    if (this.#contentLength === 0) this.#complete();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#firstByteMs ??= performance.now() - this.#call.startedAt;
    this.#receivedBytes += chunk.length;
    if (this.#endDrain && this.#receivedBytes > DRAIN_BYTES_MAX) {
      controller.abort(new ClientLeft());
      return;
    }
    let isRead = false;
    let hasWaited = false;
    this.#meter?.read(chunk, () => {
      isRead = true;
      this.#forward(chunk);
      if (hasWaited && !this.#client.isFull) controller.resume();
    });
    if (isRead) return;
    hasWaited = true;
    controller.pause();
  }

  onResponseEnd(): void {
    if (this.#filter) this.#client.send(this.#filter.end());
    this.#complete();
    this.#whenRecorded(() => {
      this.#client.end();
      this.#settle();
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    const { draft } = this.#call;
    this.#meter?.destroy();
    if (error instanceof ClientLeft || this.#client.isGone) {
      this.#breakOff("client", null);
    } else if (error instanceof GatewayEnds) {
      this.#breakOff("gateway", null);
    } else if (this.#status === 0) {
      this.#refuse(error);
      return;
    } else {
      this.#gateway.log.warn({ err: error, event_id: draft.event_id }, "a provider broke off its answer");
      const isTimeout = error instanceof errors.BodyTimeoutError;
      this.#breakOff(isTimeout ? "timeout" : "upstream", isTimeout ? "timeout" : "reset");
    }
    this.#whenRecorded(this.#settle);
  }

  /** The provider could not be reached, or gave no answer: the client gets one from us, in the provider's shape. */
  #refuse(error: Error): void {
    const { outgoing, route, draft } = this.#call;
    const { name } = route.upstream;
    const isTimeout =
      error instanceof errors.HeadersTimeoutError || error instanceof errors.ConnectTimeoutError;
    const refusal = isTimeout
      ? new Refusal(504, "timeout", `${name} did not answer in time.`)
      : new Refusal(502, "unreachable", `${name} could not be reached, or broke off before it answered.`);
    this.#gateway.log.warn({ err: error, upstream: name, event_id: draft.event_id }, "a call failed");
    this.#status = refusal.status;
    this.#record(isTimeout ? "timeout" : "upstream", refusal.kind);
    this.#whenRecorded(() => {
      if (!this.#client.isGone) sendRefusal(outgoing, route.provider, refusal, draft.event_id);
      this.#settle();
    });
  }

  #forward(chunk: Buffer): void {
    const visible = this.#filter ? this.#filter.write(chunk) : chunk;
    if (this.#isLastChunk()) this.#complete();
    this.#client.send(visible);
  }

  /** Whether the client can know, with what has been received by now, that it has the whole answer. */
  #isLastChunk(): boolean {
    return this.#receivedBytes === this.#contentLength || this.#meter?.reading.isEnded === true;
  }

  /** Reads what is left, and records the call. From here on chunks wait. */
  #complete(): void {
    if (this.#progress !== "under way") return;
    this.#progress = "completing";
    this.#client.hold();
    const record = (): void => this.#record(this.#endDrain ? "client" : "complete", null);
    if (this.#meter && !this.#meter.reading.isEnded) this.#meter.end(record);
    else record();
  }

  /** The answer ended before its end. What it used is estimated where nobody said. */
  #breakOff(terminatedBy: TerminatedBy, errorKind: ErrorKind | null): void {
    this.#client.breakOff();
    const { draft, route, body } = this.#call;
    const isAnswered = this.#status === 0 || (this.#status >= 200 && this.#status < 300);
    const isUnknown = route.operation.isMetered && isAnswered && !this.#meter?.reading.tokens;
    if (this.#progress !== "under way" || !isUnknown) {
      this.#record(terminatedBy, errorKind);
      return;
    }
    this.#progress = "completing";
    const question = {
      model: draft.model_requested ?? "",
      request: textOf(body),
      answer: this.#meter?.answer ?? Buffer.alloc(0),
    };
    void this.#gateway.estimator
      .estimate(question)
      .then((estimate) => this.#record(terminatedBy, errorKind, estimate));
  }

  #record(terminatedBy: TerminatedBy, errorKind: ErrorKind | null, estimate?: TokenCounts): void {
    if (this.#progress === "recording" || this.#progress === "recorded") return;
    this.#progress = "recording";
    this.#endDrain?.();
    this.#client.hold();
    const { draft, route, body, startedAt } = this.#call;
    const reading = this.#meter?.reading;
    countCall(this.#gateway, draft, { terminatedBy, reading });
    const event = finishEvent(draft, route.provider, {
      status: this.#status,
      terminatedBy,
      errorKind,
      firstByteMs: this.#firstByteMs,
      durationMs: performance.now() - startedAt,
      requestBytes: body.kind === "stream" ? body.countBytes() : draft.request_bytes,
      responseBytes: this.#receivedBytes - (this.#filter?.hiddenBytes ?? 0),
      requestId: this.#requestId,
      reading,
      estimate,
    });
    // A failure is logged and counted where it happened; the client is not made to pay for it.
    this.#gateway.spool.append({ record: "event", event }, () => {
      this.#release();
      this.#gateway.features.take(event, textOf(body), this.#meter);
    });
  }

  /** The record is with the kernel, or never will be: what waited for it goes on. */
  #release(): void {
    this.#progress = "recorded";
    this.#client.release();
    for (const then of this.#afterRecord) then();
    this.#afterRecord = [];
  }

  #whenRecorded(then: () => void): void {
    if (this.#progress === "recorded") then();
    else this.#afterRecord.push(then);
  }

  #onClientLeft(): void {
    const giveBack = this.#isWorthDraining() ? this.#gateway.drains.enter() : undefined;
    if (!giveBack) {
      this.#controller?.abort(new ClientLeft());
      return;
    }
    const timer = setTimeout(() => this.#controller?.abort(new ClientLeft()), DRAIN_MS_MAX);
    this.#endDrain = () => {
      clearTimeout(timer);
      giveBack();
      this.#endDrain = undefined;
    };
    this.#client.leave();
  }

  #isWorthDraining(): boolean {
    const isFailed = this.#status >= 300;
    return this.#progress === "under way" && this.#call.route.operation.isMetered && !isFailed;
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

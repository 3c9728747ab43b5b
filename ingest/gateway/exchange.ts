// One call on its way: the provider's answer to the client, chunk by chunk, and its record to the spool.
//
// Always holds:
// - The client gets the provider's bytes in their order, each chunk when it came. A chunk waits for two things only: to be
//   decoded for the meter, where it is encoded, and, if it ends the call, for the call's record to be with the kernel. So a
//   client that has all of its answer is on record, even if this process is killed the moment after.
// - A stream that the provider breaks off is never ended cleanly: a client must see that it has not got everything.
// - The record is made once, whoever ends the call, and however often they do.

import type { ServerResponse } from "node:http";
import type { Logger } from "pino";
import { errors, type Dispatcher } from "undici";
import type { ErrorKind, TerminatedBy } from "../../schemas/closed-lists.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import type { Upstream } from "../../schemas/upstreams.ts";
import type { SpoolWriter } from "../spool/writer.ts";
import { finishEvent } from "./finish-event.ts";
import { toClientHeaders } from "./headers.ts";
import { Meter } from "./meter/meter.ts";
import { Refusal, sendRefusal } from "./refusal.ts";
import type { RequestBody } from "./request-body.ts";
import type { Route } from "./route.ts";

/** What an exchange needs of the gateway. */
export interface ExchangeParts {
  log: Logger;
  spool: SpoolWriter;
  dispatcherOf: (upstream: Upstream) => Dispatcher;
}

export interface Call {
  draft: TokenEvent;
  route: Route;
  body: RequestBody;
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

class Exchange implements Dispatcher.DispatchHandler {
  readonly #gateway: ExchangeParts;
  readonly #call: Call;
  readonly #settle: () => void;
  #controller: Dispatcher.DispatchController | undefined;
  #meter: Meter | undefined;
  #status = 0;
  #requestId: string | null = null;
  #contentLength: number | undefined;
  #firstByteMs: number | null = null;
  #receivedBytes = 0;
  #isRecorded = false;
  /** While the record is being made and written: the chunks that wait for it, and what else does. */
  #held: Buffer[] | undefined;
  #afterRecord: (() => void)[] = [];
  #isPausedForClient = false;

  constructor(gateway: ExchangeParts, call: Call, settle: () => void) {
    this.#gateway = gateway;
    this.#call = call;
    this.#settle = settle;
    call.outgoing.once("close", () => this.#onClientClose());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#call.outgoing.destroyed) controller.abort(new ClientGone());
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: NodeJS.Dict<string | string[]>,
    statusText?: string,
  ): void {
    // An informational answer (103) is not the answer.
    if (status < 200) return;
    const { outgoing, draft, route } = this.#call;
    this.#status = status;
    this.#requestId = first(headers["x-request-id"]) ?? first(headers["request-id"]) ?? null;
    const hasBody = outgoing.req.method !== "HEAD" && status !== 204 && status !== 304;
    const length = first(headers["content-length"]);
    this.#contentLength = hasBody && length !== undefined ? Number(length) : undefined;
    this.#meter = new Meter(this.#gateway.log, route.provider, route.operation, {
      status,
      contentType: first(headers["content-type"]) ?? "",
      contentEncoding: first(headers["content-encoding"]) ?? "",
    });
    const raw = controller.rawHeaders;
    outgoing.sendDate = false;
    outgoing.writeHead(
      status,
      statusText ?? "",
      toClientHeaders(Array.isArray(raw) ? raw : [], draft.event_id),
    );
    // Headers go out with the first chunk, or alone when none comes along with them.
    setImmediate(() => {
      if (this.#receivedBytes === 0 && !outgoing.writableEnded) outgoing.flushHeaders();
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#firstByteMs ??= performance.now() - this.#call.startedAt;
    this.#receivedBytes += chunk.length;
    const meter = this.#meter;
    if (!meter?.isDecoding) {
      meter?.read(chunk);
      this.#forward(chunk);
      return;
    }
    controller.pause();
    meter.read(chunk, () => {
      this.#forward(chunk);
      if (!this.#isPausedForClient) controller.resume();
    });
  }

  onResponseEnd(): void {
    if (!this.#isRecorded && !this.#held) this.#complete();
    this.#whenRecorded(() => {
      if (!this.#call.outgoing.destroyed) this.#call.outgoing.end();
      this.#settle();
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#meter?.destroy();
    const { outgoing } = this.#call;
    if (error instanceof ClientGone || outgoing.destroyed) {
      this.#record("client", null);
      this.#whenRecorded(this.#settle);
    } else if (outgoing.headersSent || this.#status !== 0) {
      const isTimeout = error instanceof errors.BodyTimeoutError;
      this.#gateway.log.warn(
        { err: error, event_id: this.#call.draft.event_id },
        "a provider broke off its answer",
      );
      this.#record(isTimeout ? "timeout" : "upstream", isTimeout ? "timeout" : "reset");
      this.#whenRecorded(() => {
        outgoing.destroy();
        this.#settle();
      });
    } else {
      this.#refuse(error);
    }
  }

  /** The provider could not be reached, or gave no answer: the client gets one from us, in the provider's shape. */
  #refuse(error: Error): void {
    const { outgoing, route, draft } = this.#call;
    const isTimeout =
      error instanceof errors.HeadersTimeoutError || error instanceof errors.ConnectTimeoutError;
    const refusal = isTimeout
      ? new Refusal(504, "timeout", `${route.upstream.name} did not answer in time.`)
      : new Refusal(
          502,
          "unreachable",
          `${route.upstream.name} could not be reached, or broke off before it answered.`,
        );
    this.#gateway.log.warn(
      { err: error, upstream: route.upstream.name, event_id: draft.event_id },
      "a call failed",
    );
    this.#status = refusal.status;
    this.#record(isTimeout ? "timeout" : "upstream", refusal.kind);
    this.#whenRecorded(() => {
      if (!outgoing.destroyed) sendRefusal(outgoing, route.provider, refusal, draft.event_id);
      this.#settle();
    });
  }

  #forward(chunk: Buffer): void {
    if (!this.#held && !this.#isRecorded && this.#isLastChunk()) this.#complete();
    if (this.#held) this.#held.push(chunk);
    else this.#write(chunk);
  }

  /** Whether the client can know, with what has been received by now, that it has the whole answer. */
  #isLastChunk(): boolean {
    return this.#receivedBytes === this.#contentLength || this.#meter?.reading.isEnded === true;
  }

  /** Reads what is left, and records the call. From here on chunks wait. */
  #complete(): void {
    this.#held = [];
    const record = (): void => this.#record("complete", null);
    if (this.#meter && !this.#meter.reading.isEnded) this.#meter.end(record);
    else record();
  }

  #write(chunk: Buffer): void {
    const { outgoing } = this.#call;
    if (outgoing.destroyed || outgoing.write(chunk) || this.#isPausedForClient) return;
    this.#isPausedForClient = true;
    this.#controller?.pause();
    outgoing.once("drain", () => {
      this.#isPausedForClient = false;
      this.#controller?.resume();
    });
  }

  #record(terminatedBy: TerminatedBy, errorKind: ErrorKind | null): void {
    if (this.#isRecorded) return;
    this.#isRecorded = true;
    this.#held ??= [];
    const { draft, route, body, startedAt } = this.#call;
    const event = finishEvent(draft, route.provider, {
      status: this.#status,
      terminatedBy,
      errorKind,
      firstByteMs: this.#firstByteMs,
      durationMs: performance.now() - startedAt,
      requestBytes: body.kind === "stream" ? body.countBytes() : draft.request_bytes,
      responseBytes: this.#receivedBytes,
      requestId: this.#requestId,
      reading: this.#meter?.reading,
    });
    // A failure is logged and counted where it happened; the client is not made to pay for it.
    this.#gateway.spool.append({ record: "event", event }, () => this.#release());
  }

  /** The record is with the kernel, or never will be: what waited for it goes on. */
  #release(): void {
    const held = this.#held ?? [];
    const afterRecord = this.#afterRecord;
    this.#held = undefined;
    this.#afterRecord = [];
    for (const chunk of held) this.#write(chunk);
    for (const then of afterRecord) then();
  }

  #whenRecorded(then: () => void): void {
    if (this.#held) this.#afterRecord.push(then);
    else then();
  }

  #onClientClose(): void {
    if (this.#call.outgoing.writableFinished) return;
    this.#controller?.abort(new ClientGone());
  }
}

class ClientGone extends Error {
  override readonly name = "ClientGone";
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

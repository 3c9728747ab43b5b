// What OTLP over HTTP answers, in the encoding of the request: an empty response when all was taken, a partial success that counts
// what was not, and a Status where the request failed (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response).
//
// Exporters send a request again after 429, 502, 503 and 504 alone, so a failure that may pass is always one of these.

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

export const PROTOBUF_TYPE = "application/x-protobuf";
export const JSON_TYPE = "application/json";
export type OtlpType = typeof PROTOBUF_TYPE | typeof JSON_TYPE;

/** Names in JSON of what each signal counts. In protobuf all have the number 1. */
const REJECTED_NAMES = {
  logs: "rejectedLogRecords",
  metrics: "rejectedDataPoints",
  traces: "rejectedSpans",
} as const;
export type OtlpSignal = keyof typeof REJECTED_NAMES;

/** What of a request was not taken, and the sentences that say why. */
export interface Rejected {
  count: number;
  message: string;
}

export function answerExport(
  context: Context,
  type: OtlpType,
  signal: OtlpSignal,
  { count, message }: Rejected,
): Response {
  const isAll = count === 0;
  if (type === JSON_TYPE) {
    const partialSuccess = { [REJECTED_NAMES[signal]]: String(count), errorMessage: message };
    return context.json(isAll ? {} : { partialSuccess });
  }
  const response = new BinaryWriter();
  if (!isAll) {
    response.tag(1, WireType.LengthDelimited).fork();
    response.tag(1, WireType.Varint).int64(count).tag(2, WireType.LengthDelimited).string(message);
    response.join();
  }
  return send(context, response, 200);
}

/** google.rpc.Code of each HTTP status that is answered; UNKNOWN for others. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  413: 3,
  429: 8, // RESOURCE_EXHAUSTED
  500: 13, // INTERNAL
  503: 14, // UNAVAILABLE
  504: 4, // DEADLINE_EXCEEDED
};
const UNKNOWN_CODE = 2;

export function answerStatus(
  context: Context,
  type: OtlpType,
  { status, message }: { status: ContentfulStatusCode; message: string },
): Response {
  const code = RPC_CODES[status] ?? UNKNOWN_CODE;
  if (type === JSON_TYPE) return context.json({ code, message }, status);
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int32(code).tag(2, WireType.LengthDelimited).string(message);
  return send(context, writer, status);
}

function send(context: Context, message: BinaryWriter, status: ContentfulStatusCode): Response {
  return context.body(Uint8Array.from(message.finish()), status, { "content-type": PROTOBUF_TYPE });
}

// The way in for telemetry of coding agents, OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp):
//
//   POST /otlp/v1/logs | /otlp/v1/metrics | /otlp/v1/traces      with an Assay key, in protobuf or JSON
//
//   key → room → body → reader of its encoding → edits that a human accepted → outcomes, written → answer
//
// Always holds: an answer of 200 means that what was taken is durable; a failure that may pass is answered so that exporters
// send the batch again, which changes nothing (accepted-edits.ts). The person is the key's; who a batch says that it is from is not
// read. No text of a batch is kept, logged or answered. Traces are received and not read: no outcome is in them.

import { Hono, type Context, type ErrorHandler, type MiddlewareHandler } from "hono";
import type { Logger } from "pino";
import { AppError, ERROR_STATUS } from "../../../schemas/app-error.ts";
import { toAppError } from "../../../schemas/postgres/errors.ts";
import { limitBody } from "../body.ts";
import { refuse, type IntakeEnv, type IntakeParts } from "../intake-parts.ts";
import { requireKey } from "../require-key.ts";
import {
  EDITS_MAX,
  findEditsOfCounters,
  findEditsOfEvents,
  findPromptedSessions,
  type FoundEdits,
  type RejectionReason,
  type ToldSession,
} from "./accepted-edits.ts";
import {
  answerExport,
  answerStatus,
  JSON_TYPE,
  PROTOBUF_TYPE,
  type OtlpType,
  type Rejected,
} from "./answers.ts";
import { jsonTelemetry } from "./json.ts";
import { protobufTelemetry } from "./protobuf.ts";
import { BODY_BYTES_MAX, readBody } from "./request-body.ts";
import type { Signal } from "./session-signals.ts";
import { createTakeEdits, type ToldEdits } from "./take-edits.ts";
import { RECORDS_MAX, type TelemetryReader } from "./telemetry.ts";

/** Requests at a time; with the limit of a body, what intake can take of the process's memory. */
export const REQUESTS_MAX = 64;
/** After how long an exporter should try again. */
const RETRY_AFTER_SECONDS = 5;

type OtlpContext = Context<IntakeEnv>;

export function createOtlpRoutes(parts: IntakeParts): Hono<IntakeEnv> {
  const takeEdits = createTakeEdits(parts);
  const routes = new Hono<IntakeEnv>();
  routes.onError(createStatusBoundary(parts.log));
  routes.use(requireKey(parts), limitRequests(), limitBody(BODY_BYTES_MAX));
  for (const signal of ["logs", "metrics"] as const) {
    routes.post(`/${signal}`, async (context) => {
      const type = requireType(context);
      const body = await readBody(context);
      const { told, rejected } = readEdits(context, body, { type, signal });
      const outcomes = await takeEdits(signal, context.var.caller, told);
      if (outcomes === 0) context.set("result", "no_outcome");
      return answerExport(context, type, signal, rejected);
    });
  }
  routes.post("/traces", async (context) => {
    const type = requireType(context);
    await context.req.arrayBuffer();
    context.set("result", "no_outcome");
    return answerExport(context, type, "traces", { count: 0, message: "" });
  });
  return routes;
}

const READERS: Readonly<Record<OtlpType, TelemetryReader>> = {
  [PROTOBUF_TYPE]: protobufTelemetry,
  [JSON_TYPE]: jsonTelemetry,
};

function readEdits(
  context: OtlpContext,
  body: Uint8Array,
  { type, signal }: { type: OtlpType; signal: Signal },
): { told: ToldEdits; rejected: Rejected } {
  try {
    const { found, begun, leftOut } = findEdits(READERS[type], signal, body);
    return { told: { edits: found.edits, begun }, rejected: describeRejected(found.rejected, leftOut) };
  } catch {
    // Not the reader's own words: they may quote what it stumbled over.
    throw refuse(context, "malformed", "The body is no export request in the encoding of its content type.");
  }
}

function findEdits(
  { readLogs, readCounters }: TelemetryReader,
  signal: Signal,
  body: Uint8Array,
): { found: FoundEdits; begun: ToldSession[]; leftOut: number } {
  if (signal === "logs") {
    const { items, leftOut } = readLogs(body);
    return { found: findEditsOfEvents(items), begun: findPromptedSessions(items), leftOut };
  }
  const { items, leftOut } = readCounters(body);
  return { found: findEditsOfCounters(items), begun: [], leftOut };
}

/** Why records were not taken: what a developer reads in their exporter's log. */
const REJECTIONS: Readonly<Record<RejectionReason, string>> = {
  no_session:
    "An accepted edit names no session; for Claude Code's metrics leave OTEL_METRICS_INCLUDE_SESSION_ID on.",
  too_many: `A request may tell of ${EDITS_MAX} accepted edits.`,
};

function describeRejected(reasons: readonly RejectionReason[], leftOut: number): Rejected {
  const sentences = [...new Set(reasons)].map((reason) => REJECTIONS[reason]);
  if (leftOut > 0) sentences.push(`A request may hold ${RECORDS_MAX} records.`);
  return { count: reasons.length + leftOut, message: sentences.join(" ") };
}

/** @throws AppError `bad_request` */
function requireType(context: OtlpContext): OtlpType {
  const type = typeOf(context);
  if (type !== undefined) return type;
  throw refuse(context, "content_type", `The content type must be ${PROTOBUF_TYPE} or ${JSON_TYPE}.`);
}

function typeOf(context: OtlpContext): OtlpType | undefined {
  const said = context.req.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  return said === PROTOBUF_TYPE || said === JSON_TYPE ? said : undefined;
}

function limitRequests(): MiddlewareHandler<IntakeEnv> {
  let underWay = 0;
  return async function limitRequestsUnderWay(context, next) {
    if (underWay >= REQUESTS_MAX) throw refuse(context, "too_many", "Too many exports are under way.");
    underWay += 1;
    try {
      await next();
    } finally {
      underWay -= 1;
    }
  };
}

/** Failures as exporters understand them. Of one that is ours they learn only whether to try again. */
function createStatusBoundary(log: Logger): ErrorHandler<IntakeEnv> {
  return function toStatus(thrown, context) {
    const error = toAppError(thrown);
    const known =
      error instanceof AppError ? error : new AppError("internal", "This failed.", { cause: error });
    const status = known.retry && known.status === 500 ? ERROR_STATUS.unavailable : ERROR_STATUS[known.code];
    const request = { status, code: known.code, route: context.req.routePath };
    if (status >= 500) log.error({ err: error, ...request }, "telemetry could not be taken");
    else log.info(request, "refused telemetry");
    if (status === 429 || status === 503) context.header("retry-after", String(RETRY_AFTER_SECONDS));
    const message = status < 500 ? known.message : "Assay can't take telemetry at the moment.";
    return answerStatus(context, typeOf(context) ?? JSON_TYPE, { status, message });
  };
}

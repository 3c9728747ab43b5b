// The one error boundary of the dashboard's server: whatever a handler throws becomes problem details (RFC 9457).
//
// Always holds: a caller's mistake is told in its own sentence; of a failure of ours they learn only a reference, which
// stands in the log beside the cause. Log lines name the route's pattern and not the path, which may hold a person's id.

import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Logger } from "pino";
import type { z } from "zod";
import { AppError, ERROR_STATUS, errorMessage } from "../../../schemas/app-error.ts";
import type { problemSchema } from "../../../schemas/dashboard-api.ts";
import { toAppError } from "../../../schemas/postgres/errors.ts";
import type { DashboardEnv } from "../dashboard.ts";

const REFERENCE_CHARS = 8;

export function createErrorBoundary(log: Logger): ErrorHandler<DashboardEnv> {
  return function toProblem(thrown, context) {
    const error = toAppError(thrown);
    const status = toStatus(error);
    const reference = randomUUID().slice(0, REFERENCE_CHARS);
    const request = { reference, status, method: context.req.method, route: routePath(context) };
    if (status >= 500) log.error({ err: error, ...request }, "a request failed");
    else
      log.info({ code: error instanceof AppError ? error.code : undefined, ...request }, "refused a request");
    const problem: z.infer<typeof problemSchema> = {
      type: "about:blank",
      title: STATUS_CODES[status] ?? "Error",
      status,
      detail: toDetail(error, status),
      reference,
    };
    return context.json(problem, status, { "content-type": "application/problem+json" });
  };
}

function toStatus(error: unknown): ContentfulStatusCode {
  if (error instanceof AppError) return ERROR_STATUS[error.code];
  return error instanceof HTTPException ? error.status : 500;
}

function toDetail(error: unknown, status: number): string {
  if (status < 500) return errorMessage(error);
  if (error instanceof AppError && error.retry)
    return "Assay can't answer at the moment. Try again in a minute.";
  return "This could not be done. Try again, or tell the operator the reference.";
}

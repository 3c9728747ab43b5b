// How often somebody may ask: what each request counts against, and what is said to whoever asks too often.

import type { Context, MiddlewareHandler } from "hono";
import { AppError } from "../../../schemas/app-error.ts";
import type { Dashboard, DashboardEnv } from "../dashboard.ts";
import { isReading } from "../http/request-guard.ts";
import {
  ANONYMOUS_MAX,
  ATTEMPTS_MAX,
  CHANGES_MAX,
  createRateLimit,
  READS_MAX,
  type RateLimit,
} from "./rate-limit.ts";

/** Of tries to sign in, by address. */
export function limitAttempts({ now }: Pick<Dashboard, "now">): MiddlewareHandler<DashboardEnv> {
  const attempts = createRateLimit(ATTEMPTS_MAX);
  return async function limitAttempt(context, next) {
    requireRoom(context, attempts, addressOf(context), now());
    await next();
  };
}

/** Of everything: by session or personal access token, and by address where there is neither. */
export function createUseLimit({ now }: Pick<Dashboard, "now">): MiddlewareHandler<DashboardEnv> {
  const reads = createRateLimit(READS_MAX);
  const changes = createRateLimit(CHANGES_MAX);
  const anonymous = createRateLimit(ANONYMOUS_MAX);
  return async function limitUse(context, next) {
    const { session } = context.var;
    if (session === undefined) requireRoom(context, anonymous, addressOf(context), now());
    else requireRoom(context, isReading(context.req.method) ? reads : changes, session.sessionId, now());
    await next();
  };
}

function requireRoom(context: Context<DashboardEnv>, limit: RateLimit, who: string, now: Date): void {
  const waitSeconds = limit.count(who, now);
  if (waitSeconds === 0) return;
  context.header("retry-after", String(waitSeconds));
  throw new AppError("too_many_requests", `Too many requests. Try again in ${waitSeconds} seconds.`);
}

/** Empty where a request did not come over a socket. */
function addressOf(context: Context<DashboardEnv>): string {
  return context.env?.incoming?.socket.remoteAddress ?? "";
}

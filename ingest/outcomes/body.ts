// What a request has to be before it is looked at, and its body as it reads.

import { Hono, type Context, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { refuse, type IntakeEnv } from "./intake-parts.ts";

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** In place of an intake whose secret is not set. */
export function createClosedRoutes(): Hono<IntakeEnv> {
  return new Hono<IntakeEnv>().post("/", function refuseAll(context) {
    throw refuse(context, "closed");
  });
}

/** What is larger is refused before it is read. */
export function limitBody(bytesMax: number): MiddlewareHandler<IntakeEnv> {
  return bodyLimit({
    maxSize: bytesMax,
    onError(context) {
      throw refuse(context, "too_large");
    },
  });
}

export const requireJson: MiddlewareHandler<IntakeEnv> = async function guardContentType(context, next) {
  if (!JSON_TYPE.test(context.req.header("content-type") ?? "")) throw refuse(context, "content_type");
  await next();
};

export function parseJson(context: Context<IntakeEnv>, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw refuse(context, "malformed", "The request's body is not JSON.");
  }
}

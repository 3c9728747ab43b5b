// Who sends a request that comes with an Assay key, as `authorization: Bearer assay_…` or `x-assay-key: assay_…`.

import { and, eq, gt, isNull, or } from "drizzle-orm";
import type { MiddlewareHandler } from "hono";
import { hashAssayKey, isWellFormedAssayKey } from "../../schemas/assay-key.ts";
import { keys } from "../../schemas/postgres/tables.ts";
import { refuse, type Caller, type IntakeEnv, type IntakeParts } from "./intake-parts.ts";

const BEARER = /^Bearer +/i;

/** Lets through who has a key that can be used, and puts them into the context. */
export function requireKey(parts: IntakeParts): MiddlewareHandler<IntakeEnv> {
  return async function guardKey(context, next) {
    const given = context.req.header("x-assay-key") ?? context.req.header("authorization") ?? "";
    const caller = await findCaller(parts, given.replace(BEARER, "").trim());
    if (caller === undefined) throw refuse(context, "no_key");
    context.set("caller", caller);
    await next();
  };
}

async function findCaller({ postgres, now }: IntakeParts, key: string): Promise<Caller | undefined> {
  if (!isWellFormedAssayKey(key)) return undefined;
  const isUsable = and(isNull(keys.revokedAt), or(isNull(keys.expiresAt), gt(keys.expiresAt, now())));
  const [found] = await postgres.db
    .select({ keyId: keys.keyId, personId: keys.personId })
    .from(keys)
    .where(and(eq(keys.secretSha256, hashAssayKey(key)), isUsable))
    .limit(1);
  return found;
}

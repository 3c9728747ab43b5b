// How people and their programs get in, as the API says it: ways to sign in, sessions, personal access tokens. One schema for the
// server and its pages, under /api/v1.
//
// Always holds: the secret of a token stands in the one answer that makes it, and in no other.

import { z } from "zod";
import { SIGN_IN_METHODS, TOKEN_SCOPES } from "./closed-lists.ts";

const instant = z.iso.datetime();

/** GET /sign-in-methods. `link` is always there: with a sign-in service it is for the first owner alone. */
export const signInMethodsSchema = z.object({ methods: z.array(z.enum(SIGN_IN_METHODS)) });

/** Why the way over the sign-in service ended at the sign-in page again, as `?refused=` of its address. */
export const SIGN_IN_REFUSALS = ["expired", "refused", "unverified", "taken", "unavailable"] as const;
export type SignInRefusal = (typeof SIGN_IN_REFUSALS)[number];

/** GET /people/{person_id}/sessions: those that are not over, the newest first. */
export const sessionsSchema = z.object({
  sessions: z.array(
    z.object({
      session_id: z.uuid(),
      method: z.enum(SIGN_IN_METHODS),
      signed_in_at: instant,
      /** At the latest, whatever is done in it. */
      ends_at: instant,
      /** Whether it is the one that asks. */
      is_current: z.boolean(),
    }),
  ),
});
export type SessionList = z.infer<typeof sessionsSchema>;

/** The longest that a token can be used. */
export const TOKEN_DAYS_MAX = 365;

/** POST /people/{person_id}/tokens. */
export const newAccessTokenSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  scopes: z
    .array(z.enum(TOKEN_SCOPES))
    .min(1)
    .max(TOKEN_SCOPES.length)
    .transform((scopes) => [...new Set(scopes)]),
  days: z.int().min(1).max(TOKEN_DAYS_MAX).default(90),
});

export const accessTokenSchema = z.object({
  token_id: z.uuid(),
  name: z.string(),
  /** Its first characters: `assay_pat_Ab3d`. */
  hint: z.string(),
  scopes: z.array(z.enum(TOKEN_SCOPES)),
  created_at: instant,
  expires_at: instant,
  /** To the hour. */
  last_used_at: instant.nullable(),
  revoked_at: instant.nullable(),
});
export type AccessToken = z.infer<typeof accessTokenSchema>;

/** GET /people/{person_id}/tokens: those that can be used first, then the newest. */
export const accessTokensSchema = z.object({ tokens: z.array(accessTokenSchema) });

/** The answer that makes a token: the only time that its secret is shown. */
export const createdAccessTokenSchema = z.object({ token: accessTokenSchema, secret: z.string() });

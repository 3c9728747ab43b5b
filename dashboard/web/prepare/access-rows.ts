// What stands on the pages of who gets in: rows of personal access tokens and of sessions, and the sentences of the sign-in page.

import type { AccessToken, SessionList, SignInRefusal } from "../../../schemas/access-api.ts";
import type { SignInMethod, TokenScope } from "../../../schemas/closed-lists.ts";
import { dayOf } from "./calendar.ts";
import { formatDay, formatTime } from "./format.ts";

/** Each scope as a person chooses it. */
export const SCOPE_WORDS: Readonly<Record<TokenScope, { name: string; explanation: string }>> = {
  read: { name: "Read", explanation: "What you see of yourself: usage, runs, patterns, keys." },
  write: {
    name: "Change",
    explanation: "Classes of runs, schedules and other things that you say of your work.",
  },
  organisation: {
    name: "Organisation",
    explanation: "Totals of the organisation, where your role may see them.",
  },
};

const METHOD_WORDS: Readonly<Record<SignInMethod, string>> = {
  link: "One-time link",
  oidc: "Your organisation’s sign-in",
};

export const REFUSAL_WORDS: Readonly<Record<SignInRefusal, string>> = {
  expired: "This took too long, or was begun in another browser or tab. Start again.",
  refused:
    "Your organisation’s sign-in service did not let you in, or its answer could not be checked. Start again, or tell the operator.",
  unverified:
    "Your organisation’s sign-in service does not vouch for an e-mail address of yours. Ask whoever runs that service.",
  taken:
    "Another account of your organisation’s sign-in service is connected with your address here. Tell the operator.",
  unavailable: "Your organisation’s sign-in service can’t be reached. Try again in a minute.",
};

export interface AccessTokenRow {
  tokenId: string;
  name: string;
  hint: string;
  /** `Read, change`. */
  scopes: string;
  lastUsed: string;
  expires: string;
  /** `Revoked 3 Nov`, `Expired 3 Nov`; null while the token works. */
  ended: string | null;
}

/** @param timezone the viewer's own, and given only where the viewer's browser is not asked */
export function toAccessTokenRows(
  tokens: readonly AccessToken[],
  now: Date,
  timezone?: string,
): AccessTokenRow[] {
  const writeDay = dayWriter(now, timezone);
  return tokens.map((token) => ({
    tokenId: token.token_id,
    name: token.name,
    hint: token.hint,
    scopes: joinScopes(token.scopes),
    lastUsed: token.last_used_at === null ? "Never" : writeDay(token.last_used_at),
    expires: writeDay(token.expires_at),
    ended: explainEnd(token, now, writeDay),
  }));
}

function joinScopes(scopes: readonly TokenScope[]): string {
  const names = scopes.map((scope) => SCOPE_WORDS[scope].name).join(", ");
  return names.charAt(0) + names.slice(1).toLowerCase();
}

function explainEnd(token: AccessToken, now: Date, writeDay: (instant: string) => string): string | null {
  if (token.revoked_at !== null) return `Revoked ${writeDay(token.revoked_at)}`;
  return Date.parse(token.expires_at) <= now.getTime() ? `Expired ${writeDay(token.expires_at)}` : null;
}

export interface SessionRow {
  sessionId: string;
  method: string;
  /** `Since 14:05 on 19 Nov, until 02:05 on 20 Nov at the latest`. */
  span: string;
  isCurrent: boolean;
}

export function toSessionRows({ sessions }: SessionList, now: Date, timezone?: string): SessionRow[] {
  const writeDay = dayWriter(now, timezone);
  const write = (instant: string) => `${formatTime(instant, timezone)} on ${writeDay(instant)}`;
  return sessions.map((session) => ({
    sessionId: session.session_id,
    method: METHOD_WORDS[session.method],
    span: `Since ${write(session.signed_in_at)}, until ${write(session.ends_at)} at the latest`,
    isCurrent: session.is_current,
  }));
}

function dayWriter(now: Date, timezone: string | undefined): (instant: string) => string {
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  return (instant) => formatDay(dayOf(new Date(instant), viewerZone), today);
}

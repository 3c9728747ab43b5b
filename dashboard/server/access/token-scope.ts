// What a personal access token may ask: routes that name a scope of its own. A session of a browser has no scopes, and may ask all
// that its person may.

import { AppError } from "../../../schemas/app-error.ts";
import type { TokenScope } from "../../../schemas/closed-lists.ts";
import type { Access } from "./scope.ts";
import type { Session } from "./sessions.ts";

/** @throws AppError `forbidden`, whatever the address names, so that nothing is told of it */
export function requireTokenScope(
  session: Session | undefined,
  { access, token }: { access: Access; token?: TokenScope },
): void {
  if (session?.scopes === undefined || access === "anyone") return;
  if (token === undefined)
    throw new AppError("forbidden", "This can't be done with a personal access token. Use a browser.");
  if (!session.scopes.includes(token))
    throw new AppError("forbidden", `This needs a personal access token with the scope ${token}.`);
}

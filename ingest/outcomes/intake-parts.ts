// What every way in is made with, and what its requests carry: whom they are from, and what became of them.
//
// Always holds: a refusal is thrown as an AppError, so that the server's one error boundary answers it, and its reason, a word of the
// closed list, is what the metric counts. Neither holds anything that the sender said.

import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Logger } from "pino";
import { AppError, type ErrorCode } from "../../schemas/app-error.ts";
import type { Config } from "../../schemas/config.ts";
import type { Metrics } from "../../schemas/metrics.ts";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import type { LinkHashes } from "./link-hashes.ts";
import type { OutcomeWriter } from "./outcome-writer.ts";

export interface IntakeParts {
  /** For failures of a way in that answers them itself. */
  log: Logger;
  writer: OutcomeWriter;
  hashes: LinkHashes;
  postgres: Pick<PostgresStore, "db">;
  config: Pick<Config, "webhookSecrets" | "method" | "retentionDays">;
  metrics: Pick<Metrics, "outcomeDeliveries">;
  now: () => Date;
}

/** Whose key a request came with. */
export interface Caller {
  keyId: string;
  /** Null: a service. */
  personId: string | null;
}

export interface IntakeEnv {
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** Behind `requireKey` alone. */
    caller: Caller;
    /** What the metric counts; a request that succeeds without one was accepted. */
    result?: DeliveryResult;
  };
}

/** Why a request is refused: its status, and the sentence that its sender reads. */
const REFUSALS = {
  closed: ["not_found", "This intake is closed: its secret is not set."],
  content_type: ["bad_request", "The request must have the content type application/json."],
  too_large: ["too_large", "The request's body is larger than is taken here."],
  forged: ["unauthenticated", "The request is not signed with the secret that is set."],
  no_key: ["unauthenticated", "The request needs a valid Assay key: authorization: Bearer assay_…"],
  replayed: ["conflict", "The request was sent before, or is too old to be taken now."],
  malformed: ["bad_request", "The request's body is not of its form."],
  not_own: ["forbidden", "A person's key reports that person's own outcomes."],
  too_many: ["too_many_requests", "There were too many requests. Try again in a minute."],
} as const satisfies Readonly<Record<string, readonly [ErrorCode, string]>>;

const RETRY_AFTER_SECONDS = "60";

export type RefusalReason = keyof typeof REFUSALS;

/** `duplicate`: it was taken before. `unknown_event` and `no_outcome`: there is nothing in it for us, and the sender is told so. */
export type DeliveryResult =
  | "accepted"
  | "duplicate"
  | "unknown_event"
  | "no_outcome"
  | "failed"
  | RefusalReason;

/** For `throw refuse(context, "forged")`. A detail takes the place of the usual sentence, and never holds what the sender said. */
export function refuse(context: Context<IntakeEnv>, reason: RefusalReason, detail?: string): AppError {
  const [code, message] = REFUSALS[reason];
  context.set("result", reason);
  if (reason === "too_many") context.header("retry-after", RETRY_AFTER_SECONDS);
  return new AppError(code, detail ?? message);
}

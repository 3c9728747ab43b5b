// What the dashboard's server is made with, and what its handlers find in their context.

import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { Logger } from "pino";
import type { Stores } from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import type { Outcome } from "../../schemas/outcome.ts";
import type { OidcClient } from "./access/oidc-client.ts";
import type { AuditVerifier } from "./audit/audit-verifier.ts";
import type { Session } from "./access/sessions.ts";

export interface Dashboard {
  stores: Stores;
  config: Config;
  now: () => Date;
  log: Logger;
  /** The organisation's sign-in service; made from the settings where they name one. */
  oidcClient?: OidcClient;
  /** One for all requests, so that the audit's chain is gone through once for all who ask. */
  auditVerifier?: AuditVerifier;
  /** Further addresses on the same port, which are no business of the pages and their guards: outcome intake. */
  intake?: Hono;
  /** Takes what a person says of their own run the way of every outcome; resolves when it is durable. Absent: none are taken. */
  recordOutcome?: (outcome: Outcome) => Promise<void>;
}

export interface DashboardEnv {
  /** Absent where a request did not come over a socket. */
  Bindings: Partial<HttpBindings>;
  Variables: { session: Session | undefined };
}

// What the dashboard's server is made with, and what its handlers find in their context.

import type { HttpBindings } from "@hono/node-server";
import type { Logger } from "pino";
import type { Stores } from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import type { Session } from "./sessions.ts";

export interface Dashboard {
  stores: Stores;
  config: Config;
  now: () => Date;
  log: Logger;
}

export interface DashboardEnv {
  /** Absent where a request did not come over a socket. */
  Bindings: Partial<HttpBindings>;
  Variables: { session: Session };
}

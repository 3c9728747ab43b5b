// Real services that a machine may not be able to run. What needs one is skipped where it can't be had, and the run's summary
// says so (closing-line.ts), because a run that tested nothing must not look like one that tested everything.

import type { TestOptions } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** The service that this suite could not have, and why. */
    missing?: string;
  }
}

/** Options of a `describe` that needs the service; it is skipped where there is an `absence`, the reason why it can't be had. */
export function needing(service: string, absence: string | undefined): TestOptions {
  return absence === undefined ? {} : { skip: true, meta: { missing: `${service} (${absence})` } };
}

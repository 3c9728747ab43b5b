// What the doctor says: one finding is one sentence about the deployment, and what to do where something is not as it should.

import type { Config } from "../../schemas/config.ts";
import type { ReachedStores } from "./reach.ts";

/** `warning`: it works, and will stop working or is not as it should be. `fault`: something does not work. */
export type FindingState = "ok" | "warning" | "fault";

export interface Finding {
  state: FindingState;
  sentence: string;
  /** What to do; none where all is well. */
  remedy?: string;
  /** For programs: what the sentence sums up. */
  details?: Readonly<Record<string, unknown>>;
}

/** What is looked at. Nothing of it is changed. */
export interface Deployment {
  config: Config;
  clickhouse: ReachedStores["clickhouse"];
  postgres: ReachedStores["postgres"];
  /** Whether this is the service of the Assay that runs. */
  isInService: boolean;
  /** Milliseconds since 1970. */
  now: () => number;
}

export function ok(sentence: string): Finding {
  return { state: "ok", sentence };
}

export function warning(sentence: string, remedy: string): Finding {
  return { state: "warning", sentence, remedy };
}

export function fault(sentence: string, remedy: string): Finding {
  return { state: "fault", sentence, remedy };
}

// All signals, in the order in which a person sees them.

import { noOpRuns } from "./no-op-runs.ts";
import { phaseLock } from "./phase-lock.ts";
import { promptVariety } from "./prompt-variety.ts";
import { replayClusters } from "./replay-clusters.ts";
import type { Signal } from "./signal.ts";

export const SIGNALS: readonly Signal[] = [replayClusters, promptVariety, phaseLock, noOpRuns];

// The populations that look as if they inflated and do not.

import { batchEvaluation } from "./batch-evaluation.ts";
import { bigRefactors } from "./big-refactors.ts";
import { continuousIntegration } from "./continuous-integration.ts";
import type { LookAlike } from "./look-alike.ts";
import { modelMigration } from "./model-migration.ts";
import { novices } from "./novices.ts";
import { onCall } from "./on-call.ts";
import { overnightAgents } from "./overnight-agents.ts";
import { providerOutages } from "./provider-outages.ts";
import { retrieval } from "./retrieval.ts";
import { teaching } from "./teaching.ts";

export const LOOK_ALIKES: readonly LookAlike[] = [
  batchEvaluation,
  retrieval,
  continuousIntegration,
  overnightAgents,
  bigRefactors,
  novices,
  onCall,
  teaching,
  providerOutages,
  modelMigration,
];

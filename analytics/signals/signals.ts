// All signals, in the order in which a person sees them.

import { alikeAgents } from "./alike-agents.ts";
import { changingPrefixes } from "./changing-prefixes.ts";
import { cutOffAnswers } from "./cut-off-answers.ts";
import { echoedAnswers } from "./echoed-answers.ts";
import { noOpRuns } from "./no-op-runs.ts";
import { phaseLock } from "./phase-lock.ts";
import { promptVariety } from "./prompt-variety.ts";
import { repeatedLines } from "./repeated-lines.ts";
import { replayClusters } from "./replay-clusters.ts";
import { sharedBlocks } from "./shared-blocks.ts";
import type { Signal } from "./signal.ts";

export const SIGNALS: readonly Signal[] = [
  replayClusters,
  promptVariety,
  phaseLock,
  noOpRuns,
  repeatedLines,
  sharedBlocks,
  cutOffAnswers,
  alikeAgents,
  echoedAnswers,
  changingPrefixes,
];

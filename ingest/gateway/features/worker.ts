// The thread in which features are made, so that no call waits for them, and no text of a call outlives its job.

import { existsSync, readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { ToolKinds } from "../../../schemas/tool-kinds.ts";
import type { CallFeatures } from "../../../schemas/call-features.ts";
import { contentOf } from "../clients/all-clients.ts";
import { extractFeatures, type FeatureParts } from "./extract.ts";
import type { FeatureJob } from "./feature-job.ts";
import { createLinkHash, createSketchKeys } from "./keys.ts";

export interface FeatureSecrets {
  sketchSecret: string;
  linkSecret: string;
  toolKinds: ToolKinds;
}

/** That jobs can be taken; then, for each, features, or the name of the error that came instead: its message may quote a text. */
export type FeatureReply = { isReady: true } | { features: CallFeatures | undefined } | { errorName: string };

/** Linux has priorities of threads; calls go before features there. */
const OWN_THREAD = "/proc/thread-self";

function giveWay(): void {
  if (!existsSync(OWN_THREAD)) return;
  const thread = Number(readlinkSync(OWN_THREAD).split("/").at(-1));
  try {
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox may forbid it. Calls and features then have the processor in turn.
  }
}

function answer(parts: FeatureParts, job: FeatureJob): FeatureReply {
  try {
    return { features: extractFeatures(parts, job) };
  } catch (error) {
    return { errorName: error instanceof Error ? error.name : typeof error };
  }
}

const { sketchSecret, linkSecret, toolKinds }: FeatureSecrets = workerData;
const parts: FeatureParts = {
  keysAt: createSketchKeys(sketchSecret),
  hashTarget: createLinkHash(linkSecret),
  contentOf,
  toolKinds,
};
giveWay();
parentPort?.on("message", (job: FeatureJob) => parentPort?.postMessage(answer(parts, job)));
parentPort?.postMessage({ isReady: true } satisfies FeatureReply);

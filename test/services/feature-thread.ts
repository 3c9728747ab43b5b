// A thread in the place of the one that makes features, which does what a job's client is named: `crash`, `hang`, `fail`; for any other
// it answers at once.

import { parentPort } from "node:worker_threads";
import type { FeatureJob } from "../../ingest/gateway/features/feature-job.ts";
import { buildCallFeatures } from "../builders/call-features.ts";

parentPort?.on("message", ({ event: { event_id, client } }: FeatureJob) => {
  if (client === "crash") throw new Error("what a prompt said");
  if (client === "fail") parentPort?.postMessage({ errorName: "RangeError" });
  else if (client !== "hang") parentPort?.postMessage({ features: buildCallFeatures({ event_id }) });
});
parentPort?.postMessage({ isReady: true });

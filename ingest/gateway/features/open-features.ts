// What a gateway process needs for features, from its configuration.

import type { Logger } from "pino";
import type { Config } from "../../../schemas/config.ts";
import { readOrMakeSecret } from "../../../schemas/data-directory.ts";
import type { Metrics } from "../../../schemas/metrics.ts";
import type { SpoolWriter } from "../../spool/writer.ts";
import { createFeatureMaker, type FeatureMaker } from "./feature-maker.ts";
import { createBodyHash, type BodyHash } from "./keys.ts";

/** Secrets that the configuration does not give are made in the data directory, which all gateways of a machine share. */
export function openFeatures(
  log: Logger,
  { sketchSecret, linkSecret, dataDir, toolKinds }: Config,
  { spool, metrics }: { spool: SpoolWriter; metrics: Metrics },
): { features: FeatureMaker; hashBody: BodyHash } {
  const secrets = {
    sketchSecret: sketchSecret ?? readOrMakeSecret(dataDir, "sketch-secret"),
    linkSecret: linkSecret ?? readOrMakeSecret(dataDir, "link-secret"),
    toolKinds,
  };
  return {
    hashBody: createBodyHash(secrets.sketchSecret),
    features: createFeatureMaker(log, {
      secrets,
      metrics,
      // What the spool can't take is counted there.
      write: (features) => spool.append({ record: "features", features }, () => undefined),
    }),
  };
}

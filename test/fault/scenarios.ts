// What a run of `npm run fault` does: which faults, when, and for how long.
//
// - `campaign`: everything that can break breaks, as a seed says, one after the other and together. Gateways refuse what they can't
//   record.
// - `backpressure`: ClickHouse is away for minutes. Calls must not notice.
// - `full-disk`: the disks of both gateways fill up, one after the other, and gateways go on without records. What is missing
//   afterwards must be exactly what they counted.

import { createRandom } from "../simulation/random.ts";
import type { CampaignOptions } from "./campaign.ts";
import { FAULT_KINDS, planFaults, type PlannedFault } from "./fault-plan.ts";

const DEPLOYMENT = { brokers: 3, gateways: 2, workersPerGateway: 2, sinks: 2, isStrict: true };
const MINUTE_MS = 60_000;
const CALM_MS = 5000;
const GAP_MS = [2000, 8000] as const;
/** Of calls before ClickHouse goes and after it is back, to compare with. */
const COMPARED_MINUTES = 2;
const FULL_MS = 15_000;

export type Scenario = Pick<CampaignOptions, "deployment" | "plan" | "durationMs">;

export const SCENARIOS: Readonly<Record<string, (seed: string, minutes: number) => Scenario>> = {
  campaign: (seed, minutes) => ({
    deployment: DEPLOYMENT,
    durationMs: minutes * MINUTE_MS,
    plan: (counts) =>
      planFaults(createRandom(seed), {
        kinds: FAULT_KINDS,
        counts,
        durationMs: minutes * MINUTE_MS,
        calmMs: CALM_MS,
        gapMs: GAP_MS,
      }),
  }),
  backpressure: (_seed, minutes) => ({
    deployment: { ...DEPLOYMENT, brokers: 1 },
    durationMs: (minutes + 2 * COMPARED_MINUTES) * MINUTE_MS,
    plan: () => [
      planned("kill", "ClickHouse", 1, { atMs: COMPARED_MINUTES * MINUTE_MS, forMs: minutes * MINUTE_MS }),
    ],
  }),
  "full-disk": () => ({
    deployment: { ...DEPLOYMENT, brokers: 1, isStrict: false },
    durationMs: CALM_MS * 4 + FULL_MS * 2,
    plan: () => [
      planned("fill", "worker", 1, { atMs: CALM_MS, forMs: FULL_MS }),
      planned("fill", "worker", 2, { atMs: CALM_MS * 2 + FULL_MS, forMs: FULL_MS }),
    ],
  }),
};

function planned(
  action: PlannedFault["action"],
  subject: PlannedFault["subject"],
  number: number,
  times: Pick<PlannedFault, "atMs" | "forMs">,
): PlannedFault {
  return { name: `${action} ${subject}`, action, subject, number, ...times };
}

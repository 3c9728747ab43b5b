// Weeks in which the provider fails: a third of the calls are refused, and the client sends each again until it is answered.

import type { VirtualCall } from "../population/virtual.ts";
import type { LookAlike } from "./look-alike.ts";

const OUTAGE_WEEKS = [2, 4, 5];
const FAILING = 0.35;
const ATTEMPTS_MAX = 4;
const RETRY_MS = 1200;

export const providerOutages: LookAlike = {
  name: "provider outage",
  description: "In three weeks a third of the calls fail and are sent again by the client, up to four times.",
  ownRate: 0.4,
  live({ own, week, random }) {
    if (!OUTAGE_WEEKS.includes(week)) return [...own];
    return own.map((run) => ({
      ...run,
      calls: run.calls.flatMap((call, at) =>
        attempts(call, `${run.session}.${at}`, random.fork(`${run.session}.${at}`).uniform()),
      ),
    }));
  },
};

/** `drawn`: 0 to 1; the lower, the more often it fails. */
function attempts(call: VirtualCall, bodyHash: string, drawn: number): VirtualCall[] {
  const failures =
    drawn >= FAILING ? 0 : Math.min(ATTEMPTS_MAX - 1, Math.floor(Math.log(drawn + 1e-9) / Math.log(FAILING)));
  if (failures === 0) return [call];
  const failed = Array.from({ length: failures }, (_, retry): VirtualCall => ({
    ...call,
    afterMs: call.afterMs + retry * RETRY_MS,
    durationMs: 300,
    tools: [],
    answer: { chars: 0, hash: `${bodyHash}.${retry}` },
    failure: { status: 529, error: "overloaded" },
    bodyHash,
    retry,
  }));
  return [...failed, { ...call, afterMs: call.afterMs + failures * RETRY_MS, bodyHash, retry: failures }];
}

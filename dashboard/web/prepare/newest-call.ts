// Whether a client reaches Assay, in a sentence: the newest call of the person, and what came of it.

import type { NewestCall } from "../../../schemas/key-api.ts";
import { dayOf } from "./calendar.ts";
import { formatDay, formatTime } from "./format.ts";
import { nameClient } from "./slices.ts";

export interface NewestCallWords {
  /** `waiting`: none came. `refused`: it came, and was not answered as hoped. */
  state: "waiting" | "arrived" | "refused";
  sentence: string;
}

const REFUSED_FROM = 400;

/** `timezone` is the viewer's own, and given only where the viewer's browser is not asked. */
export function explainNewestCall({ call }: NewestCall, now: Date, timezone?: string): NewestCallWords {
  if (call === null)
    return {
      state: "waiting",
      sentence: "No call of yours came in the last 24 hours. Send one, and it appears here within seconds.",
    };
  const viewerZone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(now, viewerZone);
  const day = dayOf(new Date(call.started_at), viewerZone);
  const time = formatTime(call.started_at, viewerZone);
  const when = day === today ? `at ${time}` : `on ${formatDay(day, today)} at ${time}`;
  const key = call.key === null ? "without a key of yours" : `with the key “${call.key}”`;
  const from = `from ${nameClient(call.client)}${call.model === null ? "" : `, ${call.model}`}`;
  const arrived = `Your newest call came ${when} ${from}, ${key}.`;
  if (call.status === 0)
    return { state: "refused", sentence: `${arrived} The client left before there was an answer.` };
  if (call.status >= REFUSED_FROM)
    return {
      state: "refused",
      sentence: `${arrived} It was answered with ${call.status}${hint(call.status)}.`,
    };
  return { state: "arrived", sentence: arrived };
}

function hint(status: number): string {
  if (status === 401 || status === 403) return ": the provider did not accept the key that it got";
  if (status === 404) return ": check the model's name and the address";
  return status >= 502 && status <= 504 ? ": the provider could not be reached" : "";
}

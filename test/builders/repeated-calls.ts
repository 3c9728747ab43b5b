// Calls with their features of which a test says only what is repeated in them, and what analytics credits of them.

import type { AnalysisBench, Arrival, FeaturesArrival } from "./analysis.ts";

export interface FeaturedCall {
  event: Arrival;
  /** Undefined: they never came. */
  features: FeaturesArrival | undefined;
}

/** A sketch that shares so many of its 64 numbers, the first ones, with those of the same text; the rest are its own. */
export function sketchOf(text: number, shared = 64, own = 0): number[] {
  return Array.from({ length: 64 }, (_, place) =>
    place < shared ? text * 1000 + place : 1_000_000 + own * 1000 + place,
  );
}

let callNumber = 0;

/** @param startMs milliseconds since 1970 */
export function featuredCall(
  startMs: number,
  event: Arrival = {},
  features: FeaturesArrival | undefined = {},
): FeaturedCall {
  callNumber += 1;
  const known = {
    event_id: `01936a08-0000-7000-8000-${String(callNumber).padStart(12, "0")}`,
    started_at: new Date(startMs).toISOString(),
  };
  const whose = event.person_id === undefined ? {} : { person_id: event.person_id };
  return {
    event: { input_tokens: 1, cost_usd: "1", ...known, ...event },
    features: { ...known, ...whose, ...features },
  };
}

/** Puts calls and features into the store, and makes a pass. */
export async function analyzeCalls(bench: AnalysisBench, calls: readonly FeaturedCall[]): Promise<void> {
  await bench.arrive(...calls.map(({ event }) => event));
  await bench.arriveFeatures(...calls.flatMap(({ features }) => features ?? []));
  await bench.analyze();
}

/** The reason of each of the calls, in their order; '' for one that is credited. */
export async function reasonsOf(bench: AnalysisBench, calls: readonly FeaturedCall[]): Promise<unknown[]> {
  const rows = await bench.rows("calls");
  const reasons = new Map(rows.map(({ event_id, reason }) => [event_id, reason]));
  return calls.map(({ event }) => reasons.get(event.event_id));
}

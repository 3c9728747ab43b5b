// Runs of people as signals see them: what was said in each call by name, and what came of it. A test names texts; their keyed hashes and
// sketches are made of the names here.

import { createHash } from "node:crypto";
import { SKETCH_SIZE, type CallFeatures } from "../../schemas/call-features.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { PERSON, type AnalysisBench, type Arrival, type FeaturesArrival } from "./analysis.ts";

/** Monday in UTC. */
export const WEEK = "2026-11-16";
export const MONDAY_MS = Date.parse(`${WEEK}T00:00:00Z`);
/** The first moment at which the week is looked at. */
export const WEEK_ENDED = new Date("2026-11-23T00:00:00Z");
export const MINUTE_MS = 60_000;

export interface SaidCall {
  /** A name; texts of one name are equal. `name~3` is alike to `name`, in all but 3 of the 64 numbers. */
  text?: string;
  /** Has no sketch. */
  isShort?: boolean;
  trigger?: TokenEvent["trigger"];
  costUsd?: number;
  event?: Arrival;
  features?: Partial<CallFeatures>;
}

export interface SaidRun {
  person?: string;
  /** After the Monday. */
  atMs: number;
  session?: string;
  calls: readonly SaidCall[];
}

/** Between the calls of a run. */
const PACE_MS = 1000;

let number = 0;

/** A person of one's own for each name. */
export function personOf(name: string): string {
  const digits = createHash("sha256").update(name).digest("hex");
  return `01936a00-0000-7000-8000-${digits.slice(0, 12)}`;
}

/** Puts runs into the store, their features after their calls. */
export async function arriveRuns(bench: AnalysisBench, runs: readonly SaidRun[]): Promise<void> {
  const arrivals: Arrival[] = [];
  const features: FeaturesArrival[] = [];
  for (const { person = PERSON, atMs, session, calls } of runs) {
    const session_id = session ?? `session ${(number += 1)}`;
    calls.forEach((call, place) => {
      number += 1;
      const event_id = `01936c00-0000-7000-8000-${String(number).padStart(12, "0")}`;
      const started_at = new Date(MONDAY_MS + atMs + place * PACE_MS).toISOString();
      const { text, isShort = false, trigger = "human", costUsd = 1 } = call;
      const cost_usd = costUsd.toFixed(12);
      const key = { event_id, started_at, person_id: person };
      arrivals.push({ ...key, session_id, trigger, cost_usd, input_tokens: 1, ...call.event });
      features.push({
        ...key,
        ...(text === undefined ? {} : { delta_hash: hashOf(text) }),
        ...(text === undefined || isShort ? {} : { delta_sketch: sketchOf(text) }),
        ...call.features,
      });
    });
  }
  await bench.arrive(...arrivals);
  await bench.arriveFeatures(...features);
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

/** Each name has numbers of its own; what is alike to it has others in the last places. */
export function sketchOf(text: string): number[] {
  const [base = "", others = "0"] = text.split("~");
  const changed = Number.parseInt(others, 10);
  return Array.from({ length: SKETCH_SIZE }, (_, place) =>
    numberOf(place >= SKETCH_SIZE - changed ? `${text} ${place}` : `${base} ${place}`),
  );
}

function numberOf(seed: string): number {
  return createHash("sha256").update(seed).digest().readUInt32LE();
}

/** A run every so often; `call` gets the number of each. */
export function repeatRuns(
  times: number,
  everyMs: number,
  call: (place: number) => SaidCall | readonly SaidCall[],
  said: Partial<SaidRun> = {},
): SaidRun[] {
  return Array.from({ length: times }, (_, place) => {
    const calls = call(place);
    return { atMs: place * everyMs, calls: Array.isArray(calls) ? calls : [calls], ...said };
  });
}

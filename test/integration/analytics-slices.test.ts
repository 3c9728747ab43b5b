// A pass that goes through its calls some people at a time gives what one that takes all at once gives.

import { randomInt } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { divideEvents } from "../../analytics/queries/slices.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import { openAnalysisBench, type AnalysisBench, type Arrival } from "../builders/analysis.ts";
import { createRandom, randomCall } from "../builders/random-calls.ts";

const PEOPLE = 9;
/** Of calls that are nobody's: after all people. */
const LAST_KEY = "f0000000-0000-4000-8000-00000000000f";
const EVENTS = 320;
const SLICE_EVENTS = 100;

/** In the midst of what is drawn: the calls from then on come in when those before have been looked at. */
const LATE_FROM = "2026-11-16T12:00:00.000Z";

vi.setConfig({ testTimeout: 120_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

test.each([randomInt(2 ** 31)])(
  "everybody's calls, and nobody's, are assigned and summed in one slice (seed %i)",
  async (seed) => {
    const random = createRandom(seed);
    const events = Array.from({ length: EVENTS }, (_, index): Arrival => {
      const number = random(2 * PEOPLE);
      const call = randomCall(random, index);
      if (number >= PEOPLE) return { ...call, person_id: null, key_id: LAST_KEY };
      return { ...call, person_id: `${number}0000000-0000-4000-8000-00000000000${9 - number}` };
    });
    await bench.arrive(...events.filter((event) => !isLate(event)));
    expect((await divideEvents(bench.store, new Date(0), SLICE_EVENTS)).length).toBeGreaterThan(1);
    await bench.analyze({ store: inSlices(bench.store) });
    await bench.arrive(...events.filter(isLate));
    await bench.analyze({ store: inSlices(bench.store) });
    const inParts = await bench.all();
    await bench.analyze({ full: true });
    expect(await bench.all()).toEqual(inParts);
  },
);

const isLate = ({ started_at = "" }: Arrival): boolean => started_at >= LATE_FROM;

/** The same store; what goes through everybody at once goes through a few at a time. */
function inSlices(store: ClickHouseStore): ClickHouseStore {
  return {
    ...store,
    async execute(definition, params) {
      if (!("slice_from" in params)) return store.execute(definition, params);
      for (const slice of await divideEvents(store, new Date(0), SLICE_EVENTS))
        await store.execute(definition, { ...params, ...slice });
    },
  };
}

// Of which class a run is when somebody says so beside its calls: a correction afterwards, a registered schedule.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import {
  KEY,
  openAnalysisBench,
  OTHER_KEY,
  type AnalysisBench,
  type Arrival,
  type Declaration,
} from "../builders/analysis.ts";

vi.setConfig({ testTimeout: 120_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const idOf = (index: number) => `01936a06-0000-7000-8000-00000000000${index}`;

/** Three calls of one session on the two sides of a Sunday's midnight, and one of another session. */
const CALLS: Arrival[] = [
  { event_id: idOf(1), session_id: "s", started_at: "2026-11-15T22:00:00.000Z", cost_usd: "1" },
  { event_id: idOf(2), session_id: "s", started_at: "2026-11-16T01:00:00.000Z", cost_usd: "2" },
  { event_id: idOf(3), session_id: "s", started_at: "2026-11-16T04:00:00.000Z", cost_usd: "4" },
  { event_id: idOf(4), session_id: "t", started_at: "2026-11-16T05:00:00.000Z", cost_usd: "8" },
].map((call) => ({ ...call, input_tokens: 1, key_id: KEY }));

const CORRECTION: Declaration = {
  source: "run",
  declaration_id: "01936a06-0000-7000-8000-0000000000c1",
  workload_class: "evaluation",
  from_at: "2026-11-16T01:00:00.000Z",
  event_id: idOf(2),
};

const SCHEDULE: Declaration = {
  source: "schedule",
  declaration_id: "01936a06-0000-7000-8000-0000000000d1",
  workload_class: "scheduled",
  from_at: "2026-11-15T21:00:00.000Z",
  to_at: "2026-11-15T23:00:00.000Z",
};

const classes = async () =>
  (await bench.rows("calls")).map(({ workload_class, class_source }) => [workload_class, class_source]);
const weeks = async () =>
  (await bench.rows("person_weeks")).map(({ week, workload_class, cost_usd }) => [
    week,
    workload_class,
    cost_usd,
  ]);

test("a correction is that of all calls of the run, also in the week before; taken back, it was never there", async () => {
  await bench.arrive(...CALLS);
  await bench.analyze();
  const undeclared = await bench.all();
  await bench.declare(CORRECTION);
  await bench.analyze();
  const corrected = ["evaluation", "run"];
  expect(await classes()).toEqual([corrected, corrected, corrected, ["", ""]]);
  expect(await weeks()).toEqual([
    ["2026-11-09", "evaluation", "1"],
    ["2026-11-16", "", "8"],
    ["2026-11-16", "evaluation", "6"],
  ]);
  expect(await bench.rows("runs")).toMatchObject([
    { workload_class: "evaluation", class_source: "run", cost_usd: "7" },
    { workload_class: "", class_source: "" },
  ]);
  await bench.declare({ ...CORRECTION, is_deleted: 1 });
  await bench.analyze();
  expect(await bench.all()).toEqual(undeclared);
});

test("a correction holds for calls that come in later, and for those of the run that its call turns out to belong to", async () => {
  const [first, second, third, other] = CALLS;
  await bench.arrive(first ?? {}, other ?? {});
  await bench.declare(CORRECTION);
  await bench.analyze();
  expect(await classes()).toEqual([
    ["", ""],
    ["", ""],
  ]);
  await bench.arrive(second ?? {}, third ?? {});
  await bench.analyze();
  const corrected = ["evaluation", "run"];
  expect(await classes()).toEqual([corrected, corrected, corrected, ["", ""]]);
  const stepByStep = await bench.all();
  await bench.analyze({ full: true });
  expect(await bench.all()).toEqual(stepByStep);
});

test("of two corrections of one run the one that was declared last counts, and either goes before the header", async () => {
  const [first, second] = CALLS;
  const header = { workload_class: "ci", class_source: "header" } as const;
  await bench.arrive({ ...first, ...header }, { ...second, ...header });
  await bench.declare(
    { ...CORRECTION, declared_at: "2026-11-20T10:00:00.000Z" },
    {
      ...CORRECTION,
      declaration_id: "01936a06-0000-7000-8000-0000000000c2",
      event_id: idOf(1),
      workload_class: "teaching",
      declared_at: "2026-11-20T11:00:00.000Z",
    },
  );
  await bench.analyze();
  expect(await classes()).toEqual([
    ["teaching", "run"],
    ["teaching", "run"],
  ]);
});

test("a schedule is of the runs that began in its time, with all their calls; a header goes before it, a key behind", async () => {
  const [first, second, third, other] = CALLS;
  await bench.arrive(
    { ...first, workload_class: "batch", class_source: "key" },
    { ...second, workload_class: "ci", class_source: "header" },
  );
  await bench.declare(SCHEDULE);
  await bench.analyze();
  await bench.arrive(third ?? {}, other ?? {});
  await bench.analyze();
  expect(await classes()).toEqual([
    ["scheduled", "schedule"],
    ["ci", "header"],
    ["scheduled", "schedule"],
    ["", ""],
  ]);
  expect(await bench.rows("runs")).toMatchObject([
    { workload_class: "scheduled", class_source: "schedule" },
    {},
  ]);
});

test.each([
  ["another key", { key_id: OTHER_KEY }],
  [
    "a time that ends when the run begins",
    { from_at: "2026-11-15T20:00:00.000Z", to_at: "2026-11-15T22:00:00.000Z" },
  ],
])("a schedule of %s leaves the run alone", async (_what, difference) => {
  await bench.arrive(...CALLS);
  await bench.declare({ ...SCHEDULE, ...difference });
  await bench.analyze();
  expect(new Set((await classes()).flat())).toEqual(new Set([""]));
});

test("a run that a person began by hand is not the schedule's, however often its times come", async () => {
  const [first, second, third, other] = CALLS;
  const byHand = { trigger: "human", entrypoint: "interactive" } as const;
  await bench.arrive({ ...first, ...byHand }, second ?? {}, {
    ...other,
    trigger: "human",
    entrypoint: "sdk",
  });
  await bench.declare({ ...SCHEDULE, to_at: "2026-11-16T06:00:00.000Z" });
  await bench.analyze();
  await bench.arrive(third ?? {});
  await bench.analyze();
  expect(await classes()).toEqual([
    ["", ""],
    ["", ""],
    ["", ""],
    ["scheduled", "schedule"],
  ]);
});

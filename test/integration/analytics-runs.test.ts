// Which run and turn a call belongs to by the ids of clients and by silence, at every edge of the rules, counted by hand.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  KEY,
  openAnalysisBench,
  OTHER_KEY,
  OTHER_PERSON,
  type AnalysisBench,
  type Arrival,
} from "../builders/analysis.ts";

vi.setConfig({ testTimeout: 120_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const at = (time: string) => `2026-11-20T${time}Z`;

/** Calls of each run, in the order of the runs' first calls. */
async function callsPerRun(...arrivals: Arrival[]): Promise<unknown[]> {
  await bench.arrive(...arrivals);
  await bench.analyze();
  return (await bench.rows("runs")).map(({ calls }) => Number(calls));
}

describe("a session of the client", () => {
  test("goes on after a pause a millisecond short of four hours", async () => {
    const calls = [at("08:00:00.000"), at("11:59:59.999")];
    expect(await callsPerRun(...calls.map((started_at) => ({ session_id: "s", started_at })))).toEqual([2]);
  });

  test("is cut by a pause of exactly four hours", async () => {
    const calls = [at("08:00:00.000"), at("12:00:00.000")];
    expect(await callsPerRun(...calls.map((started_at) => ({ session_id: "s", started_at })))).toEqual([
      1, 1,
    ]);
  });

  test("is not silent while an earlier call is still going on", async () => {
    // The first call ends at 10:00, after the second: the third comes 3 h 59 min after that.
    const arrivals: Arrival[] = [
      { session_id: "s", started_at: at("08:00:00.000"), duration_ms: 7_200_000 },
      { session_id: "s", started_at: at("08:30:00.000"), duration_ms: 1000 },
      { session_id: "s", started_at: at("13:59:00.000") },
    ];
    expect(await callsPerRun(...arrivals)).toEqual([3]);
  });

  test("does not hold together what a wild duration covers", async () => {
    const arrivals: Arrival[] = [
      { session_id: "s", started_at: "2026-11-18T08:00:00.000Z", duration_ms: Number.MAX_SAFE_INTEGER },
      { session_id: "s", started_at: "2026-11-19T12:00:00.000Z" },
    ];
    expect(await callsPerRun(...arrivals)).toEqual([1, 1]);
  });

  test("includes its sub-agents, by their parent's session or under its own", async () => {
    const arrivals: Arrival[] = [
      { session_id: "s", started_at: at("08:00:00.000") },
      { session_id: "child", parent_session_id: "s", started_at: at("08:01:00.000") },
      { session_id: "s", agent_id: "a", started_at: at("08:02:00.000") },
    ];
    expect(await callsPerRun(...arrivals)).toEqual([3]);
    expect(await bench.rows("runs")).toMatchObject([{ run_source: "client", session_id: "s" }]);
  });

  test("is another one for another person", async () => {
    const arrivals: Arrival[] = [
      { session_id: "s", started_at: at("08:00:00.000") },
      { session_id: "s", started_at: at("08:00:00.000"), person_id: OTHER_PERSON },
    ];
    expect(await callsPerRun(...arrivals)).toEqual([1, 1]);
  });
});

describe("without a session", () => {
  test("calls a millisecond less than thirty minutes apart are one run", async () => {
    const calls = [at("08:00:00.000"), at("08:29:59.999")];
    expect(await callsPerRun(...calls.map((started_at) => ({ key_id: KEY, started_at })))).toEqual([2]);
  });

  test("calls exactly thirty minutes apart are two", async () => {
    const calls = [at("08:00:00.000"), at("08:30:00.000")];
    expect(await callsPerRun(...calls.map((started_at) => ({ key_id: KEY, started_at })))).toEqual([1, 1]);
  });

  test("another key or another client is another run", async () => {
    const arrivals: Arrival[] = [
      { key_id: KEY, client: "a", started_at: at("08:00:00.000") },
      { key_id: OTHER_KEY, client: "a", started_at: at("08:00:01.000") },
      { key_id: KEY, client: "b", started_at: at("08:00:02.000") },
      { key_id: KEY, client: "a", started_at: at("08:00:03.000") },
    ];
    expect(await callsPerRun(...arrivals)).toEqual([2, 1, 1]);
  });

  test("calls that are nobody's are told apart by their keys", async () => {
    const arrivals: Arrival[] = [
      { person_id: null, key_id: KEY, started_at: at("08:00:00.000") },
      { person_id: null, key_id: OTHER_KEY, started_at: at("08:00:01.000") },
    ];
    expect(await callsPerRun(...arrivals)).toEqual([1, 1]);
    expect(await bench.rows("runs")).toMatchObject([
      { person_id: "00000000-0000-0000-0000-000000000000", run_source: "idle" },
      { person_id: "00000000-0000-0000-0000-000000000000", run_source: "idle" },
    ]);
  });
});

test("a run that was named is one run over days, sessions and clients, and beats the session", async () => {
  const arrivals: Arrival[] = [
    { client_run_id: "nightly", session_id: "a", client: "a", started_at: "2026-11-10T08:00:00.000Z" },
    { session_id: "a", client: "a", started_at: "2026-11-10T08:00:01.000Z" },
    { client_run_id: "nightly", session_id: "b", client: "b", started_at: "2026-11-20T08:00:00.000Z" },
  ];
  expect(await callsPerRun(...arrivals)).toEqual([2, 1]);
  expect(await bench.rows("runs")).toMatchObject([{ run_source: "explicit" }, { run_source: "client" }]);
});

test("a run outlives a pass over what began while its last call was going on", async () => {
  await callsPerRun({ session_id: "s", started_at: at("08:00:00.000"), duration_ms: 3_600_000 });
  expect(await callsPerRun({ session_id: "t", started_at: at("08:30:00.000") })).toEqual([1, 1]);
});

test("a call that arrives late and closes the gap makes two runs one", async () => {
  const early = { session_id: "s", started_at: at("08:00:00.000") };
  expect(await callsPerRun(early, { session_id: "s", started_at: at("12:00:00.000") })).toEqual([1, 1]);
  expect(await callsPerRun({ session_id: "s", started_at: at("10:00:00.000") })).toEqual([3]);
});

test("a call that arrives late before all others gives the run its beginning and its identity", async () => {
  await callsPerRun({ session_id: "s", started_at: at("09:00:00.000") });
  expect(await callsPerRun({ session_id: "s", started_at: at("08:00:00.000") })).toEqual([2]);
  const late = await bench.all();
  expect(late.runs).toMatchObject([{ started_at: at("08:00:00.000"), ended_at: at("09:00:00.000") }]);
  await bench.analyze({ full: true });
  expect(await bench.all()).toEqual(late);
});

/** A call of the morning. */
const callAt = (time: string, more: Arrival): Arrival => ({ started_at: at(`${time}:00.000`), ...more });
const said = (time: string, more: Arrival): Arrival =>
  callAt(time, { session_id: "s", trigger: "tool", ...more });

async function turnsOf(...arrivals: Arrival[]): Promise<unknown[]> {
  await bench.arrive(...arrivals);
  await bench.analyze();
  return (await bench.rows("calls")).map(({ turn_id }) => turn_id);
}

async function sourcesAndCalls(...arrivals: Arrival[]): Promise<unknown[]> {
  await bench.arrive(...arrivals);
  await bench.analyze();
  return (await bench.rows("runs")).map(({ run_source, calls }) => [run_source, Number(calls)]);
}

describe("a turn", () => {
  test("is the client's, and else the number of the person's prompts so far", async () => {
    const failed = { status: 529, error_kind: "overloaded", body_hash: "b" } as const;
    const found = await turnsOf(
      said("08:00", {}),
      said("08:01", { trigger: "human", ...failed }),
      said("08:02", { trigger: "human", body_hash: "b" }),
      said("08:03", { trigger: "human", request_kind: "auxiliary" }),
      said("08:04", { trigger: "human" }),
      said("08:05", { turn_id: "mine", trigger: "human" }),
      said("08:06", { trigger: "human" }),
    );
    expect(found).toEqual(["", "1", "1", "1", "2", "mine", "mine"]);
  });

  test("goes on when the client names another one for what comes back from an agent", async () => {
    const found = await turnsOf(
      said("08:00", { turn_id: "asked", trigger: "unknown" }),
      said("08:01", { turn_id: "asked" }),
      said("08:02", { turn_id: "report" }),
      said("08:03", { turn_id: "report" }),
      said("08:04", { turn_id: "report", trigger: "agent", request_kind: "subagent" }),
      said("08:05", { turn_id: "next", trigger: "unknown" }),
    );
    expect(found).toEqual(["asked", "asked", "asked", "asked", "asked", "next"]);
  });

  test("goes on being counted in a named run that was silent for days", async () => {
    const named = { client_run_id: "nightly", trigger: "human" } as const;
    expect(await turnsOf({ ...named, started_at: "2026-11-10T08:00:00.000Z" })).toEqual(["1"]);
    expect(await turnsOf({ ...named, started_at: "2026-11-20T08:00:00.000Z" })).toEqual(["1", "2"]);
    expect(await bench.rows("runs")).toMatchObject([{ turns: 2, agents: 1 }]);
  });
});

describe("ids of the client", () => {
  test("a session goes before a run id of the client's own, but not where it is a standing channel", async () => {
    const own = { run_id_source: "client", session_id: "s" } as const;
    const found = await sourcesAndCalls(
      callAt("08:00", { ...own, client: "codex", client_run_id: "1" }),
      callAt("08:01", { ...own, client: "codex", client_run_id: "2" }),
      callAt("08:02", { ...own, client: "openclaw", client_run_id: "3" }),
      callAt("08:03", { ...own, client: "openclaw", client_run_id: "4" }),
      callAt("08:04", { client: "openclaw", client_run_id: "4", run_id_source: "client" }),
    );
    expect(found).toEqual([
      ["client", 2],
      ["client", 1],
      ["client", 2],
    ]);
  });

  test("a run id of the client's is cut by silence, one that its caller gave is not", async () => {
    const found = await sourcesAndCalls(
      callAt("08:00", { client_run_id: "1", run_id_source: "client" }),
      callAt("12:00", { client_run_id: "1", run_id_source: "client" }),
      callAt("13:00", { client_run_id: "2", run_id_source: "explicit" }),
      callAt("18:00", { client_run_id: "2", run_id_source: "explicit" }),
    );
    expect(found).toEqual([
      ["client", 1],
      ["client", 1],
      ["explicit", 2],
    ]);
  });
});

describe("a call that was imported and that the gateway recorded as well", () => {
  const recorded = {
    gateway_id: "g",
    response_id: "r",
    started_at: at("08:00:00.000"),
    session_id: "s",
    input_tokens: 5,
  };
  const imported = { ...recorded, gateway_id: "", started_at: at("07:59:00.000"), session_id: "t" };

  test.each([
    ["the import", [imported, recorded]],
    ["the gateway's record", [recorded, imported]],
  ])("counts once, whichever came first: %s", async (_which, arrivals) => {
    for (const arrival of arrivals) {
      await bench.arrive(arrival);
      await bench.analyze();
    }
    expect(await bench.rows("runs")).toMatchObject([{ session_id: "s", calls: "1", input_tokens: "5" }]);
    expect(await bench.rows("usage_days")).toMatchObject([{ calls: "1", input_tokens: "5" }]);
  });

  test("counts twice where a day and more lies between the two", async () => {
    await bench.arrive(imported, { ...recorded, started_at: "2026-11-21T08:00:00.000Z" });
    await bench.analyze();
    expect(await bench.rows("calls")).toHaveLength(2);
  });
});

// How calls without a client's ids find each other, which agents their runs have, and what no rule can tell. Counted by
// hand; hashes are written as words.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  KEY,
  openAnalysisBench,
  OTHER_KEY,
  OTHER_PERSON,
  type AnalysisBench,
  type Arrival,
  type FeaturesArrival,
} from "../builders/analysis.ts";

vi.setConfig({ testTimeout: 120_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

interface Call {
  name: string;
  at: string;
  event?: Arrival;
  features?: Omit<FeaturesArrival, "event_id">;
}

const idOf = (name: string) =>
  `01936a05-0000-7000-8000-${Buffer.from(name).toString("hex").padStart(12, "0")}`;

/** A call of a conversation, with its messages up to now, and where it is not the first, up to the answer before. */
function call(
  name: string,
  at: string,
  features: Omit<FeaturesArrival, "event_id"> = {},
  event: Arrival = {},
): Call {
  return { name, at, event: { trigger: "tool", ...event }, features };
}

async function arrive(...calls: Call[]): Promise<void> {
  const events = calls.map(({ name, at, event }) => ({
    ...event,
    event_id: idOf(name),
    started_at: toTime(at),
  }));
  await bench.arrive(...events);
  await bench.arriveFeatures(
    ...calls.map(({ name, at, event, features }) => ({
      ...(event?.person_id === undefined ? {} : { person_id: event.person_id }),
      ...features,
      event_id: idOf(name),
      started_at: toTime(at),
    })),
  );
}

const toTime = (at: string) => `2026-11-20T${at.length === 5 ? `${at}:00` : at}.000Z`;

/** The names of the calls of each run, in the order of the runs' first calls. */
async function runs(...calls: Call[]): Promise<string[]> {
  await arrive(...calls);
  await bench.analyze();
  return readRuns();
}

async function readRuns(): Promise<string[]> {
  const members = new Map<unknown, string[]>();
  for (const row of await bench.rows("calls")) {
    const name = Buffer.from(String(row["event_id"]).slice(24), "hex").toString().replaceAll("\0", "");
    members.set(row["run_id"], [...(members.get(row["run_id"]) ?? []), name]);
  }
  return [...members.values()].map((names) => names.join(" "));
}

/** A conversation's call: it knows the messages before, and how they were answered. */
const turn = (messages: string, answer: string, before?: string, answered?: string): FeaturesArrival => ({
  prefix_hash: messages,
  answer_hash: answer,
  parent_prefix_hash: before ?? null,
  parent_answer_hash: answered ?? null,
});

describe("a chain", () => {
  test("keeps two conversations of one key apart, and holds each together over a pause of nearly four hours", async () => {
    const found = await runs(
      call("a1", "08:00", turn("A", "x")),
      call("b1", "08:01", turn("B", "x")),
      call("a2", "08:02", turn("AA", "x", "A", "x")),
      call("b2", "11:59", turn("BB", "y", "B", "x")),
    );
    expect(found).toEqual(["a1 a2", "b1 b2"]);
    expect(await bench.rows("runs")).toMatchObject([{ run_source: "chain" }, { run_source: "chain" }]);
  });

  test("ends after four hours, and at another person's or key's call with the same messages", async () => {
    const found = await runs(
      call("a1", "08:00", turn("A", "x"), { key_id: KEY }),
      call("a2", "12:00", turn("AA", "x", "A", "x"), { key_id: KEY }),
      call("b1", "12:01", turn("B", "x"), { key_id: KEY }),
      call("c2", "12:40", turn("CC", "x", "B", "x"), { key_id: OTHER_KEY }),
      call("d2", "12:50", turn("DD", "x", "B", "x"), { person_id: OTHER_PERSON, key_id: KEY }),
    );
    expect(found.toSorted()).toEqual(["a1", "a2 b1", "c2", "d2"]);
  });

  test("of two conversations that began alike goes on from the one with the answer that it knows", async () => {
    const found = await runs(
      call("a1", "08:00", turn("A", "x")),
      call("b1", "08:01", turn("A", "y")),
      call("b2", "08:02", turn("AA", "z", "A", "y")),
      call("a2", "08:03", turn("AB", "z", "A", "x")),
    );
    expect(found).toEqual(["a1 a2", "b1 b2"]);
  });

  test("is found by the id of the answer that a call names, also where messages say nothing", async () => {
    const found = await runs(
      call("a1", "08:00", {}, { response_id: "r1" }),
      call("b1", "08:01", {}, { response_id: "r2" }),
      call("a2", "08:02", {}, { response_id: "r3", previous_response_id: "r1" }),
      call("a3", "08:03", {}, { previous_response_id: "r3" }),
    );
    expect(found).toEqual(["a1 a2 a3", "b1"]);
  });

  test("goes across a change of the keys of hashes", async () => {
    const previous = { parent_prefix_hash_previous: "A", parent_answer_hash_previous: "x" };
    const found = await runs(
      call("a1", "08:00", turn("A", "x")),
      call("a2", "08:01", { ...turn("new AA", "new y", "new A", "new x"), ...previous }),
      call("a3", "08:02", turn("new AAA", "new z", "new AA", "new y")),
    );
    expect(found).toEqual(["a1 a2 a3"]);
  });

  test("has the attempts that failed, as the opening and later on", async () => {
    const failed = { status: 529, error_kind: "overloaded" } as const;
    const found = await runs(
      call("a1", "08:00", { prefix_hash: "A" }, { ...failed, body_hash: "1" }),
      call("a2", "08:01", turn("A", "x"), { body_hash: "1", input_tokens: 1 }),
      call("a3", "08:02", { ...turn("AA", "y", "A", "x"), answer_hash: null }, { ...failed, body_hash: "2" }),
      call("a4", "08:03", turn("AA", "y", "A", "x"), { body_hash: "2", input_tokens: 1 }),
      call("a5", "08:04", turn("AAA", "z", "AA", "y")),
    );
    expect(found).toEqual(["a1 a2 a3 a4 a5"]);
  });

  test("has the auxiliary call that opens with the same words and is nearest to it", async () => {
    const own = { request_kind: "auxiliary" } as const;
    const found = await runs(
      call("t1", "08:00:00", { delta_hash: "hi" }, own),
      call("a1", "08:00:01", { ...turn("A", "x"), delta_hash: "hi" }),
      call("a2", "08:05:00", turn("AA", "x", "A", "x")),
      call("b1", "08:09:00", { ...turn("A", "z"), delta_hash: "hi" }),
      call("t2", "08:09:01", { delta_hash: "hi" }, own),
      call("t3", "08:20:02", { delta_hash: "hi" }, own),
    );
    expect(found).toEqual(["t1 a1 a2", "b1 t2", "t3"]);
  });

  test("is broken where a client puts a summary in place of the conversation", async () => {
    const found = await runs(
      call("a1", "08:00", turn("A", "x")),
      call("a2", "08:01", turn("AA", "x", "A", "x")),
      call("s1", "08:02", turn("AAS", "summary", "AA", "x"), { request_kind: "auxiliary" }),
      call("n1", "08:03", turn("N", "x")),
      call("n2", "08:04", turn("NN", "x", "N", "x")),
    );
    expect(found).toEqual(["a1 a2 s1", "n1 n2"]);
  });

  test("takes a call out of the idle run that it was in before its features came", async () => {
    await bench.arrive(
      { event_id: idOf("a1"), started_at: toTime("08:00") },
      { event_id: idOf("b1"), started_at: toTime("08:20") },
      { event_id: idOf("c1"), started_at: toTime("08:40") },
      { event_id: idOf("b2"), started_at: toTime("08:41") },
    );
    await bench.analyze();
    expect(await readRuns()).toEqual(["a1 b1 c1 b2"]);
    await bench.arriveFeatures(
      { event_id: idOf("b2"), started_at: toTime("08:41"), ...turn("BB", "y", "B", "x") },
      { event_id: idOf("b1"), started_at: toTime("08:20"), ...turn("B", "x") },
    );
    await bench.analyze();
    expect(await readRuns()).toEqual(["a1", "b1 b2", "c1"]);
    const late = await bench.all();
    await bench.analyze({ full: true });
    expect(await bench.all()).toEqual(late);
  });

  test("stays when the features by which it was found have been dropped", async () => {
    await arrive(call("a1", "08:00", turn("A", "x")), call("b1", "08:01", turn("B", "x")));
    await bench.analyze();
    const expires_at = new Date("2089-01-01T00:00:00Z");
    await arrive(call("a2", "08:02", { ...turn("AA", "x", "A", "x"), expires_at }));
    await bench.analyze();
    expect(await readRuns()).toEqual(["a1 a2", "b1"]);
    await bench.analyze({ full: true, now: new Date("2089-01-02T00:00:00Z") });
    expect(await readRuns()).toEqual(["a1 a2", "b1"]);
  });
});

describe("a sub-agent", () => {
  const conversation = [
    call("a1", "08:00", { ...turn("A", "x"), spawn_hashes: ["go"] }, { trigger: "human" }),
    call("s1", "08:01", { ...turn("S", "x"), delta_hash: "go", spawn_hashes: ["deeper"] }),
    call("a2", "08:02", turn("AA", "x", "A", "x")),
    call("d1", "08:03", { ...turn("D", "x"), delta_hash: "deeper" }),
    call("s2", "08:04", turn("SS", "x", "S", "x")),
    call("a3", "08:05", turn("AAA", "x", "AA", "x"), { trigger: "human" }),
  ];

  test("belongs to the run whose answer handed it its opening, as an agent of its own under that one", async () => {
    expect(await runs(...conversation)).toEqual(["a1 s1 a2 d1 s2 a3"]);
    const agents = (await bench.rows("calls")).map(({ agent_id, parent_agent_id }) => [
      agent_id,
      parent_agent_id,
    ]);
    const [s, d] = [idOf("s1"), idOf("d1")];
    expect(agents).toEqual([
      ["", ""],
      [s, ""],
      ["", ""],
      [d, s],
      [s, ""],
      ["", ""],
    ]);
    expect(await bench.rows("runs")).toMatchObject([{ agents: 3, turns: 2 }]);
  });

  test("is one of the same client; the same words in another one at that time are somebody's own", async () => {
    const parents = ["codex", "opencode"].map((client, index) =>
      call(`${client[0]}1`, `08:0${index}`, { ...turn(client, "x"), spawn_hashes: ["go"] }, { client }),
    );
    const opening = call("c2", "08:02", { ...turn("S", "x"), delta_hash: "go" }, { client: "codex" });
    const alone = call("g1", "08:03", { ...turn("T", "x"), delta_hash: "go" }, { client: "gemini-cli" });
    expect(await runs(...parents, opening, alone)).toEqual(["c1 c2", "o1", "g1"]);
  });

  test("is the same agent when its calls come in one by one", async () => {
    await runs(...conversation);
    const together = await bench.all();
    await bench.empty();
    for (const one of conversation) await runs(one);
    expect(await bench.all()).toEqual(together);
  });
});

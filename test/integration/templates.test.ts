// Templates of the organisation: from the command that allows one to what signals find of people who send it. The week is one in which the
// keys of sketches change, and its features are made as the gateway makes them.

import { asc } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { analyzeCommand } from "../../analytics/commands/analyze.ts";
import {
  templatesAddCommand,
  templatesListCommand,
  templatesRemoveCommand,
} from "../../ingest/commands/templates.ts";
import { createSketchKeys } from "../../ingest/gateway/features/keys.ts";
import { openTextSketcher } from "../../ingest/gateway/features/template-sketch.ts";
import { describeText, hashText } from "../../ingest/gateway/features/text-features.ts";
import { templates } from "../../schemas/postgres/pattern-tables.ts";
import { audit } from "../../schemas/postgres/tables.ts";
import { TEMPLATE_BYTES_MAX, TEMPLATES_MAX } from "../../schemas/postgres/templates.ts";
import { openAnalysisBench, type AnalysisBench } from "../builders/analysis.ts";
import { readFindings, type Finding } from "../builders/findings.ts";
import { arriveRuns, MINUTE_MS, MONDAY_MS, repeatRuns, type SaidRun } from "../builders/signal-calls.ts";
import { anyTime, speaks } from "../builders/signal-weeks.ts";
import { openDashboardBench, type DashboardBench } from "../services/dashboard.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SECRET = "the sketch secret of all gateways of a test";
const DAY_MS = 86_400_000;
const words = (subject: string, count = 80): string =>
  Array.from({ length: count }, (_, place) => `${subject}${place}`).join(" ");
const RUNBOOK = words("runbook");
const OWN = words("own");

const keysAt = createSketchKeys(SECRET);
const epochs = new Set<number>();

/** Runs that say what `text` says of each, in the features that the gateway would make at that time. */
function said(runs: readonly SaidRun[], text: (place: number) => string): SaidRun[] {
  return runs.map((run, place) => {
    const keys = keysAt(MONDAY_MS + run.atMs);
    const { hash, sketch } = describeText(text(place), keys.current);
    epochs.add(keys.epoch);
    const features = {
      sketch_epoch: keys.epoch,
      delta_hash: hash,
      delta_hash_previous: keys.previous ? hashText(text(place), keys.previous) : null,
      delta_sketch: sketch,
    };
    return { ...run, calls: [{ trigger: "unknown", features }] };
  });
}

const ofRunbook = (place: number): string => `${RUNBOOK} alert ${place}`;
const ofOwn = (place: number): string => `${OWN} part ${place}`;
const anyRuns = (times: number): SaidRun[] => anyTime(times, () => []);

const WEEKS = {
  "sends the runbook": said(anyRuns(60), ofRunbook),
  "sends the runbook by a timer": said(
    repeatRuns(60, 30 * MINUTE_MS, () => []),
    ofRunbook,
  ),
  "sends a text of their own": said(anyRuns(60), ofOwn),
  "sends both": [...said(anyRuns(100), ofRunbook), ...said(anyRuns(50), ofOwn)],
};
type Week = keyof typeof WEEKS;

let bench: DashboardBench;
let analysis: AnalysisBench;
const personIds = new Map<string, string>();

beforeAll(async () => {
  bench = await openDashboardBench({ ASSAY_INDIVIDUAL_SCORING: "on", ASSAY_SKETCH_SECRET: SECRET });
  analysis = await openAnalysisBench("UTC", bench.dashboard.stores.clickhouse);
  for (const [name, runs] of Object.entries(WEEKS)) {
    const { personId } = await bench.addPerson();
    personIds.set(name, personId);
    await arriveRuns(
      analysis,
      runs.map((run) => ({ ...run, person: personId })),
    );
  }
  // After all that arrived, by the clock that stamped it.
  bench.advance(7 * DAY_MS);
});
afterAll(async () => {
  await analysis.close();
  await bench.close();
});

const add = (name: string, text: string) =>
  bench.run(templatesAddCommand, { positionals: ["-"], values: { name, json: true }, stdin: text });
const remove = (name: string) =>
  bench.run(templatesRemoveCommand, { positionals: [name], values: { json: true } });
const listedSchema = z.object({
  templates: z.array(z.object({ name: z.string(), created_at: z.iso.datetime(), text: z.string() })),
});
async function list() {
  const { stdout } = await bench.run(templatesListCommand, { values: { json: true } });
  return listedSchema.parse(JSON.parse(stdout)).templates;
}

interface Found {
  findings: Finding[];
  stderr: string;
  of(week: Week, signal: string): Finding | undefined;
  speaking(week: Week): string[];
}

/** What a pass leaves. */
async function pass(values: Record<string, boolean> = {}, openSketcher = openTextSketcher): Promise<Found> {
  bench.advance(DAY_MS / 24);
  const { stderr } = await bench.run(analyzeCommand(openSketcher), { values });
  const findings = await readFindings(bench.dashboard.stores.clickhouse);
  const ofWeek = (week: Week) => findings.filter(({ person_id }) => person_id === personIds.get(week));
  return {
    findings,
    stderr,
    of: (week, signal) => ofWeek(week).find((finding) => finding.signal === signal),
    speaking: (week) =>
      ofWeek(week)
        .filter(speaks)
        .map(({ signal }) => signal),
  };
}

const REPLAY = ["prompt_variety", "replay_clusters"];

describe("a template that is allowed, and removed again", () => {
  let before: Found;
  let allowed: Found;
  let rebuilt: Found;
  let withoutSecret: Found;
  let removed: Found;
  beforeAll(async () => {
    before = await pass();
    await add("runbook", RUNBOOK);
    allowed = await pass();
    rebuilt = await pass({ full: true });
    withoutSecret = await pass({}, () => undefined);
    await pass();
    await remove("runbook");
    removed = await pass();
  });

  test("prompts alike to it are replay before, and no evidence from the next pass on, under both keys of the week", () => {
    expect(epochs.size).toBe(2);
    expect(before.speaking("sends the runbook")).toEqual(expect.arrayContaining(REPLAY));
    for (const signal of REPLAY) expect(allowed.of("sends the runbook", signal)).toBeUndefined();
  });

  test("a timer that sends it is a schedule all the same, and its runs without effect are seen", () => {
    expect(before.speaking("sends the runbook by a timer")).toEqual(["no_op_runs", "phase_lock", ...REPLAY]);
    expect(allowed.speaking("sends the runbook by a timer")).toEqual(["no_op_runs", "phase_lock"]);
  });

  test("what a person repeats of their own is replay, and sending templates beside it does not water it down", () => {
    for (const signal of REPLAY)
      expect(allowed.of("sends a text of their own", signal)).toEqual(
        before.of("sends a text of their own", signal),
      );
    expect(before.of("sends both", "replay_clusters")).toMatchObject({ cases: 150 });
    expect(allowed.of("sends both", "replay_clusters")).toMatchObject({ cases: 50, effect: 1 });
  });

  test("a rebuild of everything says the same", () => {
    expect(rebuilt.findings).toEqual(allowed.findings);
  });

  test("where the secret of the sketches is not known it is not compared, and that is said", () => {
    expect(withoutSecret.stderr).toContain("templates could not be compared with prompts");
    expect(withoutSecret.findings).toEqual(before.findings);
  });

  test("taken off the list, it is replay again", () => {
    expect(removed.findings).toEqual(before.findings);
  });
});

describe("the commands", () => {
  test("a text is listed as it was given, until it is removed, and both stand in the audit without the text", async () => {
    expect(await list()).toEqual([]);
    const text = `${words("команда")}\n`;
    expect(await add("review", text)).toMatchObject({ exitCode: 0, stdout: '{"name":"review"}\n' });
    expect(await list()).toMatchObject([{ name: "review", text }]);
    expect(await remove("review")).toMatchObject({ exitCode: 0, stdout: '{"name":"review"}\n' });
    expect(await list()).toEqual([]);
    const entries = await bench.dashboard.stores.postgres.db.select().from(audit).orderBy(asc(audit.auditId));
    expect(entries.slice(-2)).toMatchObject([
      { action: "template_added", actorId: null, subjectId: null, payload: { name: "review" } },
      { action: "template_removed", actorId: null, subjectId: null, payload: { name: "review" } },
    ]);
  });

  test.each([
    ["49 words", words("few", 49), "bad_request", /^A template needs 50 words at least: .*\.$/],
    ["nothing", " \n", "bad_request", /^A template needs 50 words at least: .*\.$/],
    ["a program", `${words("w")}\0`, "bad_request", /^A template is a text in UTF-8; .*\.$/],
    [
      "more than the most",
      "w ".repeat(TEMPLATE_BYTES_MAX / 2 + 1),
      "too_large",
      /^A template has 100000 bytes at most.*\.$/,
    ],
  ])("a text of %s is refused in a sentence", async (_what, text, code, message) => {
    await expect(add("refused", text)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(await list()).toEqual([]);
  });

  test("a text of 50 words is taken, and another of its name is not", async () => {
    expect(await add("once", words("just", 50))).toMatchObject({ exitCode: 0 });
    await expect(add("once", RUNBOOK)).rejects.toMatchObject({ code: "conflict" });
    expect(await list()).toMatchObject([{ name: "once", text: words("just", 50) }]);
    await remove("once");
    await expect(remove("once")).rejects.toMatchObject({ code: "not_found" });
  });

  test("there are no more than the most, and what was refused leaves nothing in the audit", async () => {
    const { db } = bench.dashboard.stores.postgres;
    const held = Array.from({ length: TEMPLATES_MAX }, (_, place) => ({
      name: `template ${place}`,
      body: RUNBOOK,
      createdAt: new Date(0),
    }));
    await db.insert(templates).values(held);
    const entries = await db.$count(audit);
    await expect(add("one more", RUNBOOK)).rejects.toMatchObject({ code: "conflict" });
    expect(await db.$count(audit)).toBe(entries);
    await db.delete(templates);
  });

  test.each([
    { values: { name: "" }, positionals: ["-"] },
    { values: { name: "two\nlines" }, positionals: ["-"] },
    { values: { name: "no file" } },
  ])("%j is wrong usage", async (call) => {
    const { exitCode, stderr } = await bench.run(templatesAddCommand, call);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/\n$/);
  });
});

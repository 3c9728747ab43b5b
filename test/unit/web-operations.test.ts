// What the pages of keys, notices and the operator say: unknown is unknown, and only what the records show is said to be well.

import { describe, expect, test } from "vitest";
import { NOTICE_KINDS } from "../../schemas/closed-lists.ts";
import { FLOW_STAGES, type Flow } from "../../schemas/operator-api.ts";
import { toClientSetups } from "../../dashboard/web/prepare/client-setup.ts";
import {
  formatBytes,
  formatSeconds,
  toDropRows,
  toStageRows,
  toVerdict,
} from "../../dashboard/web/prepare/flow-view.ts";
import { KEY_EXPIRIES, toExpiresAt } from "../../dashboard/web/prepare/key-expiry.ts";
import { explainNewestCall } from "../../dashboard/web/prepare/newest-call.ts";
import { groupUnread, toNoticeRows } from "../../dashboard/web/prepare/notice-rows.ts";

const NOW = new Date("2026-11-21T12:00:00.000Z");
const plain = (text: string) => text.replaceAll("\u202f", " ");

const FLOW: Flow = {
  as_of: NOW.toISOString(),
  recorded: { calls: 1204, missing: 0, newest_at: null, delay_seconds: 1 },
  behind_seconds: 2,
  stages: FLOW_STAGES.map((stage) => ({
    stage,
    state: "ok",
    reason: null,
    waiting: null,
    oldest_seconds: null,
  })),
  drops: [],
  dead_letters: 0,
  unmetered: [],
  unpriced: [],
  erasures_under_way: 0,
  stores: [],
  versions: { assay: "1", node: "v26" },
  gateways: [],
  snapshot_age_seconds: 1,
  analytics: null,
};
const RECORDED = FLOW.recorded!;

const withState = (state: Flow["stages"][number]["state"]) =>
  toVerdict({ ...FLOW, stages: FLOW.stages.map((each, at) => (at === 3 ? { ...each, state } : each)) }).state;

const toNotice = (kind: (typeof NOTICE_KINDS)[number], at: number) => ({
  notice_id: `n${at}`,
  kind,
  about: `about-${at}`,
  created_at: at === 0 ? "2026-11-21T09:05:00.000Z" : "2026-11-19T09:05:00.000Z",
  read_at: at === 2 ? "2026-11-20T00:00:00.000Z" : null,
});

describe("whether every call is recorded", () => {
  test.each<[string, Partial<Flow>, string]>([
    ["good", {}, "All calls of the last 24 hours are recorded. Behind by 2 s."],
    [
      "good",
      { behind_seconds: null },
      "All calls of the last 24 hours are recorded. How far behind is not known here.",
    ],
    [
      "failed",
      { recorded: null },
      "Whether all calls are recorded is not known: ClickHouse does not answer.",
    ],
    [
      "failed",
      { drops: [{ reason: "unrecorded", detail: "event", count: 3 }] },
      "3 records could not be written since Assay started. Their calls went on.",
    ],
    [
      "failed",
      { recorded: { ...RECORDED, missing: 1 } },
      "1 call of the last 24 hours has no record. Behind by 2 s.",
    ],
    [
      "notice",
      { recorded: { ...RECORDED, missing: null } },
      "1 204 calls of the last 24 hours are recorded. Behind by 2 s.",
    ],
    [
      "notice",
      { dead_letters: 4 },
      "4 records could not be stored, and wait as dead letters. Behind by 2 s.",
    ],
    ["notice", { recorded: { ...RECORDED, calls: 0 } }, "No calls in the last 24 hours."],
  ])("is %s with %j", (state, more, sentence) => {
    const verdict = toVerdict({ ...FLOW, ...more });
    expect([verdict.state, plain(verdict.sentence)]).toEqual([state, sentence]);
  });

  test("is not good while a stage is not well, and is as good as it is known where one is unknown", () => {
    expect([withState("failed"), withState("impaired"), withState("unknown")]).toEqual([
      "failed",
      "notice",
      "good",
    ]);
  });

  test("before anything is known every stage has a dash", () => {
    expect(toStageRows(undefined).map(({ waiting, oldest }) => waiting + oldest)).toEqual(
      FLOW_STAGES.map(() => "––"),
    );
  });

  test("what loses a record stands before what does not", () => {
    const rows = toDropRows([
      { reason: "features", detail: "queue_full", count: 9 },
      { reason: "unrecorded", detail: "event", count: 1 },
    ]);
    expect(rows.map(({ detail }) => detail)).toEqual(["event", "queue full"]);
  });

  test.each([
    [null, "–"],
    [0, "0 s"],
    [0.4, "< 1 s"],
    [119, "119 s"],
    [120, "2 min"],
    [7200, "2 h"],
  ])("%s seconds read %s", (seconds, text) => {
    expect(plain(formatSeconds(seconds))).toBe(text);
  });

  test.each([
    [null, "–"],
    [840, "840 B"],
    [61_400, "61 kB"],
    [4_100_000, "4.1 MB"],
    [1.9e9, "1.9 GB"],
  ])("%s bytes read %s", (bytes, text) => {
    expect(plain(formatBytes(bytes))).toBe(text);
  });
});

describe("notices", () => {
  const notices = NOTICE_KINDS.map(toNotice);

  test("each kind has a sentence, and leads to the thing that it is about", () => {
    const rows = toNoticeRows({ notices }, NOW, "UTC");
    expect(new Set(rows.map(({ text }) => text)).size).toBe(NOTICE_KINDS.length);
    expect(rows.map(({ href }) => href)).toEqual([
      "/patterns/about-0",
      "/patterns/about-1",
      "/patterns/about-2",
      "/patterns/about-3",
      "/review/about-4",
      "/review/about-5",
      "/keys",
    ]);
    expect(rows.slice(0, 2).map(({ when }) => when)).toEqual(["09:05", "19 Nov"]);
  });

  test("pages of the rail have a mark for what is unread alone", () => {
    expect(groupUnread({ notices })).toEqual(
      new Map([
        ["/patterns", ["n0", "n1", "n3"]],
        ["/review", ["n4", "n5"]],
        ["/keys", ["n6"]],
      ]),
    );
    expect(groupUnread({ notices: [toNotice("pattern_closed", 2)] }).size).toBe(0);
  });
});

describe("keys", () => {
  test.each([
    ["never", null],
    ["30d", "2026-12-21T12:00:00.000Z"],
    ["nonsense", null],
  ])("that end %s", (name, expiresAt) => {
    expect(toExpiresAt(name, NOW)).toBe(expiresAt);
    expect(KEY_EXPIRIES[0]?.days).toBeNull();
  });

  const CALL = {
    started_at: "2026-11-21T09:05:00.000Z",
    client: "codex",
    model: "gpt-5-mini",
    status: 200,
    key: "laptop",
  };
  test.each([
    [null, "waiting", "No call of yours came in the last 24 hours."],
    [CALL, "arrived", "Your newest call came at 09:05 from Codex, gpt-5-mini, with the key “laptop”."],
    [{ ...CALL, key: null, model: null }, "arrived", "from Codex, without a key of yours."],
    [{ ...CALL, status: 401 }, "refused", "answered with 401: the provider did not accept the key"],
    [{ ...CALL, status: 502 }, "refused", "answered with 502: the provider could not be reached."],
    [{ ...CALL, status: 0 }, "refused", "The client left before there was an answer."],
  ])("the newest call %j: %s", (call, state, text) => {
    const words = explainNewestCall({ call }, NOW, "UTC");
    expect(words.state).toBe(state);
    expect(words.sentence).toContain(text);
  });
});

describe("set-up of clients", () => {
  const setups = toClientSetups("https://gateway.example/", "assay_secret");

  test("is there for every client whose calls were measured", () => {
    expect(setups.map(({ name }) => name)).toEqual([
      "claude-code",
      "codex",
      "gemini-cli",
      "opencode",
      "openclaw",
      "cline",
      "openai-sdk",
      "anthropic-sdk",
      "google-sdk",
      "vercel-ai-sdk",
      "langchain",
      "curl",
    ]);
  });

  test.each(setups.map((setup) => [setup.name, setup] as const))(
    "of %s names the gateway and carries the key in both ways",
    (_name, { steps, ownKeySteps }) => {
      for (const ways of [steps, ownKeySteps]) {
        const lines = ways.map((step) => step.lines).join("\n");
        expect(lines).toContain("https://gateway.example");
        expect(lines).not.toContain("https://gateway.example//");
        expect(lines).toContain("assay_secret");
      }
    },
  );
});

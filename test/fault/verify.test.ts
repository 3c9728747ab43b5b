// Each promise of a fault campaign is broken once here, by planting the mistake, and must be seen to be broken.

import { describe, expect, it } from "vitest";
import type { LedgerCall } from "./call-ledger.ts";
import { sessionOf, usageOf } from "./numbered-calls.ts";
import { verify, type Evidence, type StoredCall } from "./verify.ts";

const CALLS = 20;
const NO_TOKENS = {
  cache_write_5m_tokens: null,
  cache_write_1h_tokens: null,
  reasoning_tokens: 0,
  audio_input_tokens: null,
  audio_output_tokens: null,
  image_input_tokens: null,
  image_output_tokens: null,
};

function callOf(number: number, said: Partial<LedgerCall> = {}): LedgerCall {
  return {
    number,
    gateway: 1,
    startedAtMs: 1000 * number,
    endedAtMs: 1000 * number + 200,
    end: "answered",
    status: 200,
    eventId: `event ${number}`,
    hasReachedProvider: true,
    ...said,
  };
}

function rowOf(number: number, said: Partial<StoredCall> = {}): StoredCall {
  return {
    event_id: `event ${number}`,
    session_id: sessionOf(number),
    usage_source: "reported",
    terminated_by: "complete",
    ...NO_TOKENS,
    ...usageOf(number),
    ...said,
  };
}

/** Of a row whose intent alone survived. */
const INTERRUPTED: Partial<StoredCall> = {
  usage_source: "none",
  terminated_by: "gateway",
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
};

function evidenceOf(said: Partial<Evidence> = {}): Evidence {
  const numbers = Array.from({ length: CALLS }, (_, number) => number);
  const stored = said.stored ?? numbers.map((number) => rowOf(number));
  return {
    calls: numbers.map((number) => callOf(number)),
    rowsAfterOptimize: stored.length,
    disturbances: [],
    unrecorded: { intents: 0, events: 0 },
    deadLetters: 0,
    ...said,
    stored,
  };
}

function rulesBroken(evidence: Evidence): string[] {
  return verify(evidence).violations.map(({ rule }) => rule);
}

const broken = (evidence: Partial<Evidence>): string => rulesBroken(evidenceOf(evidence)).join("; ");
const calls = evidenceOf().calls;
const stored = evidenceOf().stored;

describe("the verdict of a campaign", () => {
  it("is sound when every call is there once", () => {
    expect(verify(evidenceOf())).toEqual({ violations: [], lost: 0, doubled: 0, interrupted: 0 });
  });

  it("takes a call that nobody could finish as recorded, when its client saw no end of it either", () => {
    const disturbances = [{ gateway: 1, fromMs: 0, toMs: 100_000 }];
    const cut = calls.with(7, callOf(7, { end: "broken", status: 0, eventId: undefined }));
    const evidence = { calls: cut, stored: stored.with(7, rowOf(7, INTERRUPTED)), disturbances };
    expect(verify(evidenceOf(evidence))).toMatchObject({ violations: [], interrupted: 1 });
  });

  it.each<[string, Partial<Evidence>, RegExp]>([
    ["an answered call is missing", { stored: stored.slice(1) }, /lost/],
    [
      "a call that reached the provider is missing",
      { calls: calls.with(3, callOf(3, { end: "broken" })), stored: stored.toSpliced(3, 1) },
      /lost/,
    ],
    ["an answered call has no tokens", { stored: stored.with(2, rowOf(2, INTERRUPTED)) }, /unfinished/],
    [
      "a call has two events",
      { stored: [...stored, rowOf(4, { event_id: "another" })] },
      /more than one event/,
    ],
    ["a row is nobody's", { stored: [...stored, rowOf(CALLS)] }, /never made/],
    [
      "a row has another id than its client was told",
      { stored: stored.with(5, rowOf(5, { event_id: "x" })) },
      /never made/,
    ],
    ["a token too many was counted", { stored: stored.with(6, rowOf(6, { output_tokens: 1000 })) }, /tokens/],
    [
      "a call failed for no reason",
      { calls: calls.with(8, callOf(8, { end: "refused", status: 503 })) },
      /failed/,
    ],
    ["the engine keeps a duplicate", { rowsAfterOptimize: CALLS + 1 }, /OPTIMIZE/],
    ["something was put aside", { deadLetters: 1 }, /dead letters/],
  ])("is broken when %s", (_name, evidence, rule) => {
    expect(broken(evidence)).toMatch(rule);
  });

  it("blames a fault of one gateway for no failure of another", () => {
    const failed = calls.with(8, callOf(8, { gateway: 2, end: "broken", status: 0 }));
    expect(broken({ calls: failed, disturbances: [{ gateway: 1, fromMs: 0, toMs: 100_000 }] })).toMatch(
      /failed/,
    );
  });

  it("accepts losses of full disks when the gateways counted exactly as many", () => {
    const lossy = stored.toSpliced(2, 1).with(9, rowOf(10, INTERRUPTED));
    expect(broken({ stored: lossy, unrecorded: { intents: 1, events: 2 } })).toBe("");
    expect(broken({ stored: lossy, unrecorded: { intents: 1, events: 1 } })).toMatch(/lost.*unfinished/);
    expect(broken({ stored: lossy, unrecorded: { intents: 0, events: 3 } })).toMatch(/lost.*unfinished/);
  });
});

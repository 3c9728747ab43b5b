// Every recorded answer is counted as its provider reported it: to the token, however its bytes were cut.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ownFixtures } from "../services/fixtures-own.ts";
import { fixturesAvailable } from "../services/fixtures.ts";
import { createRandom } from "../simulation/random.ts";
import { readMeteredUsage } from "./metered-usage.ts";
import { REASONS } from "./reasons.ts";
import { compare, compareAll } from "./rows.ts";

const METERED_MIN = 400;
const SECOND_OPINIONS_MIN = 350;

const seed = process.env["SEED"] ?? randomUUID();
const { rows } = fixturesAvailable ? await compareAll(createRandom(seed)) : { rows: [] };

describe.skipIf(!fixturesAvailable)(`recorded answers (seed ${seed})`, () => {
  it.each(rows.map((row) => [row.file, row] as const))("%s is counted as reported", (_file, row) => {
    const { difference, opinion, reason, isExplained } = row;
    expect(isExplained, `${difference}; second opinion: ${opinion}; reason: ${reason ?? "none"}`).toBe(true);
  });

  it("are enough, and most have a second opinion", () => {
    const metered = rows.filter(({ ours }) => ours);
    expect(metered.length).toBeGreaterThan(METERED_MIN);
    expect(metered.filter(({ opinion }) => opinion === "same").length).toBeGreaterThan(SECOND_OPINIONS_MIN);
  });

  it("need every reason that is given", () => {
    expect(REASONS.filter((reason) => !rows.some((row) => row.reason === reason))).toEqual([]);
  });
});

describe("the comparison", () => {
  it.each(["input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens"] as const)(
    "sees one token too many in %s",
    async (field) => {
      const fixture = ownFixtures().find(({ file }) => file === "openai/chat.json");
      const reading = fixture && (await readMeteredUsage(fixture, createRandom(seed)));
      const tokens = reading?.tokens;
      assert(fixture && tokens, "the answer of our own was not read");
      expect(compare(fixture, reading)?.isExplained).toBe(true);
      tokens[field] = (tokens[field] ?? 0) + 1;
      expect(compare(fixture, reading)).toMatchObject({ isExplained: false });
    },
  );
});

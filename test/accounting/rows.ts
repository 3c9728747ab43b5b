// The comparison of all recorded answers: what each says it used, what the gateway makes of it, and what differs.

import { sumParts, type Reading } from "../../ingest/gateway/providers/provider.ts";
import { recordedFixtures } from "../services/fixtures.ts";
import type { Fixture } from "../services/fixtures-types.ts";
import type { Random } from "../simulation/random.ts";
import { readMeteredUsage } from "./metered-usage.ts";
import { differenceReason, opinionReason, unmeteredReason } from "./reasons.ts";
import { COUNT_NAMES, readRecordedUsage, reportsUsage, type Counts } from "./recorded-usage.ts";
import { readSecondOpinion } from "./second-opinion.ts";

export interface Row {
  file: string;
  provider: string;
  api: string;
  recorded: Partial<Counts> | undefined;
  ours: Counts | undefined;
  /** `same`, or each count that differs. */
  difference: string;
  opinion: string;
  /** Why the counts differ on purpose, or are not metered. */
  reason: string | undefined;
  isExplained: boolean;
}

export interface Comparison {
  /** One for each answer that reports usage, or of which the gateway has read some. */
  rows: Row[];
  /** Answers that report none, and of which none was read. */
  silent: number;
}

export async function compareAll(random: Random): Promise<Comparison> {
  const fixtures = recordedFixtures();
  const rows: Row[] = [];
  for (const fixture of fixtures) {
    const row = compare(fixture, await readMeteredUsage(fixture, random.fork(fixture.file)));
    if (row) rows.push(row);
  }
  return { rows, silent: fixtures.length - rows.length };
}

/** @param reading what the gateway has read; undefined where it does not meter such a call */
export function compare(fixture: Fixture, reading: Reading | undefined): Row | undefined {
  const { file, provider, api } = fixture;
  const ours = reading && toCounts(reading);
  if (!ours && !reportsUsage(fixture)) return undefined;
  const row = { file, provider, api, ours, recorded: undefined, opinion: "" };
  const recorded = readRecordedUsage(fixture);
  if (!ours) {
    const reason = unmeteredReason(file);
    return { ...row, difference: "not metered", reason, isExplained: reason !== undefined };
  }
  const difference = diff(ours, { ...NOTHING, ...recorded?.counts });
  const second = recorded && readSecondOpinion(fixture, recorded);
  const opinion = second ? diff(ours, second) : "not known";
  const differs = difference !== SAME ? differenceReason(file) : undefined;
  const dissents = second && opinion !== SAME ? opinionReason(file) : undefined;
  return {
    ...row,
    recorded: recorded?.counts,
    difference,
    opinion,
    reason: differs ?? dissents,
    isExplained:
      (difference === SAME || differs !== undefined) &&
      (!second || opinion === SAME || dissents !== undefined),
  };
}

const SAME = "same";

function toCounts({ tokens }: Reading): Counts | undefined {
  if (!tokens) return undefined;
  const { input, output } = sumParts(tokens);
  const writes = [tokens.cache_write_5m_tokens, tokens.cache_write_1h_tokens].filter(
    (each) => typeof each === "number",
  );
  return {
    input,
    cacheRead: tokens.cache_read_tokens ?? null,
    cacheWrite: writes.length === 0 ? null : writes.reduce((sum, each) => sum + each, 0),
    audioInput: tokens.audio_input_tokens ?? null,
    imageInput: tokens.image_input_tokens ?? null,
    output,
    reasoning: tokens.reasoning_tokens ?? null,
    audioOutput: tokens.audio_output_tokens ?? null,
    imageOutput: tokens.image_output_tokens ?? null,
  };
}

const NOTHING = Object.fromEntries(COUNT_NAMES.map((name) => [name, null]));

/** Of the counts that they know of. A sum that nobody reported is the sum of nothing; any other unknown differs from a count. */
function diff(ours: Counts, theirs: Partial<Counts>): string {
  const differing = COUNT_NAMES.filter((name) => name in theirs).flatMap((name) => {
    const isSum = name === "input" || name === "output";
    const [a, b] = [ours[name], theirs[name] ?? (isSum ? 0 : null)];
    return a === b ? [] : [`${name} ${a ?? "?"} not ${b ?? "?"}`];
  });
  return differing.length === 0 ? SAME : differing.join(", ");
}

// Prints how the gateway's counts compare with every recorded answer. Exits with 1 where a difference has no reason.
// `npm run test:accounting`, with `SEED=…` for the same cuts as another run.

import { randomUUID } from "node:crypto";
import { fixturesAvailable } from "../services/fixtures.ts";
import { createRandom } from "../simulation/random.ts";
import type { Counts } from "./recorded-usage.ts";
import { compareAll, type Row } from "./rows.ts";

const FILE_CHARS = 76;

const seed = process.env["SEED"] ?? randomUUID();
if (fixturesAvailable) await report();
else console.log("skipped: this machine has no recorded answers (../shared/fixtures)");

async function report(): Promise<void> {
  const { rows, silent } = await compareAll(createRandom(seed));
  console.log(
    toLine(["file", "provider", "api", "recorded", "ours", "difference", "second opinion", "reason"]),
  );
  for (const row of rows) console.log(toLine(toCells(row)));
  const metered = rows.filter(({ ours }) => ours);
  const unexplained = rows.filter(({ isExplained }) => !isExplained);
  console.log(
    [
      `${metered.length} answers metered, ${metered.filter(({ difference }) => difference === "same").length} as recorded`,
      `${rows.length - metered.length} not metered, for a reason`,
      `${metered.filter(({ opinion }) => opinion !== "not known").length} with a second opinion`,
      `${silent} that report no usage`,
      `${unexplained.length} unexplained differences (seed ${seed})`,
    ].join("; "),
  );
  if (unexplained.length > 0) process.exitCode = 1;
}

function toCells(row: Row): string[] {
  const counts = [row.recorded, row.ours].map(toText);
  return [
    row.file.slice(-FILE_CHARS),
    row.provider,
    row.api,
    ...counts,
    row.difference,
    row.opinion,
    row.reason ?? "",
  ];
}

/** `37 in (30 cached) + 12 out (8 reasoning)`: sums, and the parts that are not zero. */
function toText(counts: Partial<Counts> | undefined): string {
  if (!counts) return "";
  const { cacheRead, cacheWrite, audioInput, imageInput, reasoning, audioOutput, imageOutput } = counts;
  const input = toParts({ cached: cacheRead, written: cacheWrite, audio: audioInput, image: imageInput });
  const output = toParts({ reasoning, audio: audioOutput, image: imageOutput });
  return `${counts.input ?? "?"} in${input} + ${counts.output ?? "?"} out${output}`;
}

function toParts(parts: Readonly<Record<string, number | null | undefined>>): string {
  const known = Object.entries(parts).flatMap(([name, count]) => (count ? [`${count} ${name}`] : []));
  return known.length === 0 ? "" : ` (${known.join(", ")})`;
}

function toLine(cells: readonly string[]): string {
  return cells.join(" | ");
}

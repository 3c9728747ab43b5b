// `npm run evaluate`: judges the method on virtual people made of real sessions. Exit 1 when a gate fails.

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { evaluate } from "./evaluate.ts";
import { SPLITS } from "./population/split.ts";

/** 8 weeks of each person, less those in which somebody is away: 2,000 honest person-weeks, and 600 of each look-alike population. */
const SCALES = {
  full: {
    sizes: { honest: 280, lookAlike: 84, undeclared: 6, open: 8, grid: 1, adversaries: 6 },
    peopleTogether: 80,
    passEveryWeeks: 1,
  },
  medium: {
    sizes: { honest: 120, lookAlike: 10, undeclared: 2, open: 4, grid: 0, adversaries: 2 },
    peopleTogether: 20,
    passEveryWeeks: 1,
  },
  small: {
    sizes: { honest: 12, lookAlike: 1, undeclared: 0, open: 1, grid: 0, adversaries: 1 },
    peopleTogether: 8,
    passEveryWeeks: 2,
  },
} as const;

const SCALE_NAMES = ["full", "medium", "small"] as const satisfies (keyof typeof SCALES)[];

const USAGE = `npm run evaluate -- [--data DIR] [--seed N] [--out DIR] [--scale full|medium|small] [--split test|dev]

  --data   a folder with agent_sessions in it; without it ../shared/data
  --seed   decides who is drawn; without it 1
  --out    where report.md, report.json and the plots go; without it evaluation/ in the system's folder for temporary files
  --scale  full: 2,000 honest person-weeks and more; medium: enough people for every signal to speak, and no grid of stealth;
           small: a look at the machinery, in a minute or two
  --split  whose sessions; defaults are looked at on dev and judged on test
`;

const { values } = parseArgs({
  options: {
    data: { type: "string", default: join(import.meta.dirname, "../../../shared/data") },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: join(tmpdir(), "evaluation") },
    scale: { type: "string", default: "full" },
    split: { type: "string", default: "test" },
    help: { type: "boolean", default: false },
  },
});
const scale = SCALE_NAMES.find((each) => each === values.scale);
const split = SPLITS.find((each) => each === values.split);
const dataDir = resolve(values.data);
if (
  values.help ||
  scale === undefined ||
  split === undefined ||
  !existsSync(join(dataDir, "agent_sessions"))
) {
  console.error(USAGE);
  process.exit(values.help ? 0 : 2);
}
const outDir = resolve(values.out);
const result = await evaluate({
  dataDir,
  seed: values.seed,
  outDir,
  scale,
  ...SCALES[scale],
  split,
  now: new Date(),
  tell: (sentence) => console.error(sentence),
});
for (const { name, value, limit, isPassed } of result.gates)
  console.log(
    `${isPassed ? "passed" : "FAILED"}  ${name}: ${value === null ? "not measured" : value.toFixed(3)} (${limit})`,
  );
console.log(`The report is ${join(outDir, "report.md")}.`);
process.exitCode = result.gates.every(({ isPassed }) => isPassed) ? 0 : 1;

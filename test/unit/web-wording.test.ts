// Nothing that Assay says to people ranks, accuses, presses, praises or exclaims; and the check finds what does.

import { join } from "node:path";
import { expect, it } from "vitest";
import { type Allowance, findForbiddenWords, readFile } from "../tidy/wording.ts";

const ROOT = join(import.meta.dirname, "../..");

/** All that becomes text on a page, in a notice or in an answer of the server. */
const PLACES = [
  "dashboard/web",
  "dashboard/server",
  "analytics/signals",
  "analytics/patterns",
  "schemas/policy-text.ts",
] as const;

const ALLOWED: readonly Allowance[] = [
  {
    file: "analytics/signals/alike-agents.ts",
    text: "the best of several attempts",
    reason: "It names the usual term for asking several times and keeping one answer, and ranks no person.",
  },
  {
    file: "schemas/policy-text.ts",
    text: "Nobody is ranked",
    reason: "The policy promises people that it is not done.",
  },
];

it("no text ranks, accuses, presses, praises or exclaims", () => {
  const read = findForbiddenWords(ROOT, PLACES, ALLOWED);
  expect(read).toEqual([]);
});

it("every exception still stands for a text", () => {
  const all = findForbiddenWords(ROOT, PLACES, []);
  const used = ({ file, text }: Allowance) =>
    all.some((found) => found.file === file && found.text.includes(text));
  expect(ALLOWED.filter((one) => !used(one))).toEqual([]);
});

it.each([
  ["ranks", 'const a = "Your team is at the top of the list.";'],
  ["ranks", "const a = <p>The best of {count} teams</p>;"],
  ["accuses", "const a = `${count} suspicious runs`;"],
  ["accuses", 'const a = <img alt="Tokens wasted" />;'],
  ["presses", 'const a = { title: "Explain it immediately" };'],
  ["praises", "const a = <b>Great work.</b>;"],
  ["exclaims", 'const a = "Saved!";'],
  ["ranks", "const a = `top ${count} teams`;"],
  ["ranks", "const a = `${count} top`;"],
  ["accuses", "const a = `wasted ${count}`;"],
  ["ranks", 'const a = <img alt="worst" />;'],
])("a text that %s is found", (does, source) => {
  expect(readFile("planted.tsx", source)).toMatchObject([{ file: "planted.tsx", line: 1, does }]);
});

it.each([
  'const a = <i side="top" />;',
  'import { a } from "./best/Top rank.ts";',
  "const best = isTop !== worst; // the worst!",
  'const a = "Stop the clock. Not equal: a != b.";',
])("names in code, paths and comments are no text: %s", (source) => {
  expect(readFile("planted.tsx", source)).toEqual([]);
});

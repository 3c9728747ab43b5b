// Every number of the method: what is credited, what an outcome is worth, when a signal speaks and a pattern opens. Each stands in
// one of the files under method/ with its default and its reason; the setting ASSAY_METHOD changes some of them.
//
// Always holds: each score carries the version of the method (METHOD_VERSION: the rules in the code) and that of the settings (a
// hash of the numbers in force), so that a figure can be told from one that was made by other rules.

import { createHash } from "node:crypto";
import { z } from "zod";
import { creditMethod } from "./method/credit.ts";
import { outcomeMethod } from "./method/outcomes.ts";
import { patternMethod } from "./method/patterns.ts";
import { signalMethod } from "./method/signals.ts";
import { targetMethod } from "./method/targets.ts";
import { yieldMethod } from "./method/yield.ts";

/** Changes with the rules in the code that use the numbers. */
export const METHOD_VERSION = "1";

/** The numbers by part, each with its default and its reason. */
export const METHOD_PARTS = {
  credit: z.strictObject(creditMethod),
  outcomes: z.strictObject(outcomeMethod),
  yield: z.strictObject(yieldMethod),
  signals: z.strictObject(signalMethod),
  patterns: z.strictObject(patternMethod),
  targets: z.strictObject(targetMethod),
};

const methodSchema = z.strictObject({
  credit: METHOD_PARTS.credit.prefault({}),
  outcomes: METHOD_PARTS.outcomes.prefault({}),
  yield: METHOD_PARTS.yield.prefault({}),
  signals: METHOD_PARTS.signals.prefault({}),
  patterns: METHOD_PARTS.patterns.prefault({}),
  targets: METHOD_PARTS.targets.prefault({}),
});

export type MethodOverrides = z.input<typeof methodSchema>;

/** What ASSAY_METHOD may hold: any of the numbers, by part and name. What is absent is the default. */
export const methodOverridesSchema = z.custom<MethodOverrides>(
  (given) => methodSchema.safeParse(given).success,
  "parts and numbers of docs/method.md, within their bounds",
);

type Numbers = z.output<typeof methodSchema>;

export interface Method extends Numbers {
  /** Of the rules and the numbers, as it stands with every score: `1-3f9c2a7b`. */
  version: string;
}

/** The numbers in force: the defaults, and what is set otherwise. */
export function toMethod(overrides: MethodOverrides = {}): Method {
  const numbers = methodSchema.parse(overrides);
  const hash = createHash("sha256").update(JSON.stringify(numbers)).digest("hex");
  return { ...numbers, version: `${METHOD_VERSION}-${hash.slice(0, 8)}` };
}

// An attacker who has every published figure, the list of who is in which team, and a linear solver: for each person, between which values
// must what they put in lie? HiGHS finds the least and the greatest that all published sums allow.
//
// Always holds: a figure counts as yielded when that interval is narrower than a fifth of the true value, or where there is nothing but
// sums to go by, when its upper end is that close: what all others put in is often known to be little.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { LegacyHighs } from "highs";

/** Of the true value. */
const YIELDED_WITHIN = 0.2;

/** A published sum: the terms add up to something between the bounds, which is as exact as it was rounded. */
export interface Published {
  terms: readonly Term[];
  low: number;
  high: number;
}

export interface Term {
  variable: string;
  factor?: number;
}

export interface Secret {
  name: string;
  terms: readonly Term[];
  value: number;
  /** What the attacker knows of themselves. */
  known?: readonly Published[];
}

export interface Yielded {
  name: string;
  value: number;
  low: number;
  high: number;
}

export interface Attacker {
  /** The secrets that the published sums give away. Every variable is 0 or more. */
  attack(published: readonly Published[], secrets: readonly Secret[], how: "width" | "upper end"): Yielded[];
}

/** Its ES module declares a default that it has not in Node's resolution of types. */
const loadHighs: () => Promise<LegacyHighs> = createRequire(import.meta.url)("highs");

export async function openAttacker(): Promise<Attacker> {
  const highs = await loadHighs();
  return {
    attack: (published, secrets, how) =>
      secrets.flatMap(({ name, terms, value, known = [] }) => {
        const bounds = (["Minimize", "Maximize"] as const).map((direction) => {
          const problem = toProblem(direction, terms, [...published, ...known]);
          const result = highs.solve(problem, { output_flag: false });
          // What is not bounded by any sum may be as large as one likes.
          if (result.Status === "Unbounded" || result.Status === "Primal infeasible or unbounded")
            return Infinity;
          assert.equal(result.Status, "Optimal", "what is published is true of somebody");
          return result.ObjectiveValue;
        });
        const [low = 0, high = Infinity] = bounds;
        const distance = high - (how === "width" ? low : value);
        return value > 0 && distance < value * YIELDED_WITHIN ? [{ name, value, low, high }] : [];
      }),
  };
}

function toProblem(
  direction: "Minimize" | "Maximize",
  objective: readonly Term[],
  published: readonly Published[],
): string {
  const rows = published.map(({ terms }, at) => ` r${at}: ${write(terms)} - 1 s${at} = 0`);
  const bounds = published.map(({ low, high }, at) => ` ${low} <= s${at} <= ${high}`);
  return [direction, ` aim: ${write(objective)}`, "Subject To", ...rows, "Bounds", ...bounds, "End"].join(
    "\n",
  );
}

/** The format's lines have a limit. */
function write(terms: readonly Term[]): string {
  return terms
    .map(({ variable, factor = 1 }) => `${factor < 0 ? "-" : "+"} ${Math.abs(factor)} ${variable}`)
    .join("\n   ");
}

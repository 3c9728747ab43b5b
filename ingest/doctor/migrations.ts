// Whether a store has the tables that this version works with.

import { fault, ok, type Finding } from "./finding.ts";

/**
 * @param expected names of this version's migrations, oldest first
 * @param applied how many of them the store has
 */
export function compareMigrations(store: string, expected: readonly string[], applied: number): Finding {
  if (applied === expected.length) return ok(`${store} is reached, with all ${applied} migrations.`);
  if (applied > expected.length) {
    const sentence = `${store} has ${applied} migrations, and this version knows ${expected.length}.`;
    return fault(sentence, "Use the newer version of Assay that wrote to it last.");
  }
  const missing = expected.slice(applied).join(", ");
  return fault(`${store} lacks migrations: ${missing}.`, "Run `npx assay migrate`, or start Assay.");
}

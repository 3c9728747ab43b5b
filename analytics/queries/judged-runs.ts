// What scoring says of one run, as SQL expressions over the columns of `runs`, and which of its outcomes count.
//
// The cost by which a run is judged is the list price of what was asked for: credited work, and work that is not credited because it
// repeats. If replays were left out, replaying would lower what is expected. Heartbeats, retries, failures and what a client does for
// itself were not asked for; a run that has nothing else is expected to bring nothing.

import { z } from "zod";
import { ASKED_FOR } from "../../schemas/method/yield.ts";
import { NONE } from "./call-facts.ts";

export const ASKED_COST_USD = `toFloat64(credited_cost_usd${ASKED_FOR.map((reason) => ` + uncredited_cost_usd['${reason}']`).join("")})`;

/** Runs whose calls have no price cost nothing, and are asked for all the same. */
export const IS_ASKED_FOR = `(${ASKED_COST_USD} > 0 OR cost_usd = 0)`;

/** Models and their tiers are parameters, because only a price table knows them. */
export const MODEL_TIER = `['unknown', 'small', 'medium', 'large'][1 +
      arrayMax(arrayMap(model -> transform(model, {models:Array(String)}, {model_ranks:Array(UInt8)}, 0), arrayPushBack(models, '')))]`;

/** Place of a cost among the bins, from 1. */
export const binOf = (cost: string, edges = "{cost_edges:Array(Float64)}"): string =>
  `(1 + arrayCount(edge -> ${cost} > edge, ${edges}))`;

/** What nobody did is not scored. */
export const IS_SOMEBODYS = `person_id != ${NONE}`;

/** Outcomes that count at a time: those that are due and not taken back. */
export const dueAt = (time: string): string =>
  `(credited_at <= ${time} AND ifNull(reversed_at > ${time}, true))`;

export const IS_OF_VALUE = "kind IN {kinds:Array(String)}";

export const judgingParams = {
  models: z.array(z.string()),
  model_ranks: z.array(z.int()),
  cost_edges: z.array(z.number()),
  kinds: z.array(z.string()),
};

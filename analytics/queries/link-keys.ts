// By what an outcome and a run may meet, as numbers of 64 bits: equal keys are all that is left to compare.
//
// Keys of one kind never meet those of another. Two different texts of one kind have the same key once in 10^19 pairs.

import { LINKED_BY, type LinkedBy } from "../../schemas/closed-lists.ts";

/** Its number in `seeks`: the lower, the surer. */
export const levelOf = (linkedBy: LinkedBy): number => LINKED_BY.indexOf(linkedBy) + 1;

/** @param text an SQL expression */
export const linkKey = (linkedBy: LinkedBy, text: string): string => `sipHash64('${linkedBy}', ${text})`;

/** @param texts an SQL expression of an array */
export const linkKeys = (linkedBy: LinkedBy, texts: string): string =>
  `arrayMap(text -> ${linkKey(linkedBy, "text")}, ${texts})`;

/** What a row of run_links can be met by. An outcome may name a run by any id that its client knew. */
export const OFFERS = `arrayDistinct(arrayConcat(
      ${linkKeys("run", "arrayConcat([run_id], client_run_ids, session_ids)")},
      request_keys,
      ${linkKeys("session", "session_ids")},
      ${linkKeys("files", "file_hashes")}))`;

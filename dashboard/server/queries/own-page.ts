// What the questions of a person's own export have in common: a page of rows in the order of a time and a text, after a place. A page
// at a time, so that a slow download holds neither the store nor much memory.

import { z } from "zod";
import { subjectIdParam } from "../access/scope.ts";

export const ownPageParams = z.object({
  person_id: subjectIdParam,
  now: z.date(),
  after_at: z.date(),
  after_id: z.string(),
  rows_max: z.int(),
});

/** Of each row: its place, which is no column of the export. */
export const placeRow = { place_at: z.iso.datetime(), place_id: z.string() };

/** @param at a DateTime64, and `id` a String, that together no other row has */
export const afterPlace = (at: string, id: string): string =>
  `${at} >= {after_at:DateTime64(3)} AND (${at}, ${id}) > ({after_at:DateTime64(3)}, {after_id:String})
ORDER BY ${at}, ${id}
LIMIT {rows_max:UInt32}`;

/** 64-bit integers come quoted, and leave as numbers. */
export const ownCount = z.coerce.number().int();

// Where a page of a list ended, and the next one begins: for callers an opaque text, for us the sorting key of the last row.

import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";

const CURSOR_CHARS_MAX = 1024;

/** As a part of a query string. */
export const cursorSchema = z.string().max(CURSOR_CHARS_MAX).optional();

export function formatCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** @throws AppError `bad_request` for one that we did not give */
export function parseCursor<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
  const place = schema.safeParse(parseJson(Buffer.from(text, "base64url").toString()));
  if (place.success) return place.data;
  throw new AppError("bad_request", "The cursor is not one that Assay gave. Start at the first page.");
}

/** Undefined where a text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Whether a pattern is not open to the reader, or not any longer: the server says the same of both, so that ids can't be probed.

import { AppError } from "../../../../schemas/app-error.ts";

export function isGone(error: unknown): boolean {
  return error instanceof AppError && error.code === "not_found";
}

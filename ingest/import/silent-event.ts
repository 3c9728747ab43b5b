// A call of which nothing is said, as an import has it: what a field means that its source does not know.

import type { z } from "zod";
import { tokenEventSchema, type TokenEvent } from "../../schemas/token-event.ts";

/** `event_id` and `started_at` have no default: without them it is no event. */
const DEFAULTS: Partial<TokenEvent> = {
  schema_version: 1,
  gateway_id: "",
  sequence: 0,
  identity_source: "import",
  key_kind: "none",
  client: "unknown",
  client_version: "",
  entrypoint: "unknown",
  request_kind: "main",
  trigger: "unknown",
  class_source: "none",
  tags: {},
  provider: "unknown",
  api: "other",
  stream: false,
  status: 200,
  terminated_by: "complete",
  usage_source: "none",
  request_bytes: 0,
  response_bytes: 0,
  server_tool_calls: {},
};

/** Every field of an event. */
export const SILENT_EVENT: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.keys(tokenEventSchema.shape).map((name) => [name, null])),
  ...DEFAULTS,
};

/** The event of which `known` is all that its source says. */
export function parseImportedEvent(
  known: Readonly<Record<string, unknown>>,
): z.ZodSafeParseResult<TokenEvent> {
  return tokenEventSchema.safeParse({ ...SILENT_EVENT, ...known });
}

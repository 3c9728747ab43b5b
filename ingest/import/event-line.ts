// One line of `assay import events`: a TokenEvent with as many fields as its source knows. What is absent is unknown, or what
// an import always is. Fields that this version does not know are counted, not refused, so that files of later versions and
// of other tools go in.

import { z } from "zod";
import { errorMessage } from "../../schemas/app-error.ts";
import { TOKEN_FIELDS, tokenEventSchema, type TokenEvent } from "../../schemas/token-event.ts";

const lineSchema = z.looseObject({ person_email: z.email().toLowerCase().optional() });

/** What an absent field of an import means. `event_id` and `started_at` have no default: without them it is no event. */
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
  request_bytes: 0,
  response_bytes: 0,
  server_tool_calls: {},
};

/** A call of which nothing is said. */
const SILENT: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.keys(tokenEventSchema.shape).map((name) => [name, null])),
  ...DEFAULTS,
};

export interface EventLine {
  event: TokenEvent;
  /** A person known by address only; takes the place of `person_id`. */
  personEmail: string | undefined;
  unknownFields: string[];
}

/** @returns the line's event, or the reason in one sentence why it is none */
export function parseEventLine(text: string): EventLine | { reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { reason: `not JSON: ${errorMessage(error)}` };
  }
  const line = lineSchema.safeParse(json);
  if (!line.success) return { reason: z.prettifyError(line.error) };
  const { person_email: personEmail, ...given } = line.data;
  const fields: Record<string, unknown> = { ...SILENT, ...derivedDefaults(given) };
  const unknownFields: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (Object.hasOwn(SILENT, name)) fields[name] = value;
    else unknownFields.push(name);
  }
  const event = tokenEventSchema.safeParse(fields);
  if (!event.success) return { reason: z.prettifyError(event.error) };
  return { event: event.data, personEmail, unknownFields };
}

function derivedDefaults(given: Readonly<Record<string, unknown>>): Partial<TokenEvent> {
  const hasTokens = TOKEN_FIELDS.some((name) => typeof given[name] === "number");
  const hasClass = typeof given["workload_class"] === "string";
  return { usage_source: hasTokens ? "reported" : "none", ...(hasClass ? { class_source: "run" } : {}) };
}

// One line of `assay import events`: a TokenEvent with as many fields as its source knows, and of CallFeatures as many as it
// likes, side by side. What is absent is unknown, or what an import always is. Fields that this version does not know are
// counted, not refused, so that files of later versions and of other tools go in.

import { z } from "zod";
import {
  callFeaturesSchema,
  SKETCH_EPOCH_MS,
  UNKNOWN_FEATURES,
  type CallFeatures,
} from "../../schemas/call-features.ts";
import { TOKEN_FIELDS, type TokenEvent } from "../../schemas/token-event.ts";
import { parseImportedEvent, SILENT_EVENT } from "./silent-event.ts";
import { parsePersonLine } from "./person-line.ts";

export interface EventLine {
  event: TokenEvent;
  /** Undefined where the line says nothing of them. */
  features: CallFeatures | undefined;
  /** A person known by address only; takes the place of `person_id`. */
  personEmail: string | undefined;
  unknownFields: string[];
}

/** @returns the line's event, or the reason in one sentence why it is none */
export function parseEventLine(text: string): EventLine | { reason: string } {
  const line = parsePersonLine(text);
  if ("reason" in line) return line;
  const { personEmail, given } = line;
  const ofEvent: Record<string, unknown> = derivedDefaults(given);
  const ofFeatures: Record<string, unknown> = {};
  const unknownFields: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (Object.hasOwn(SILENT_EVENT, name)) ofEvent[name] = value;
    else if (Object.hasOwn(callFeaturesSchema.shape, name)) ofFeatures[name] = value;
    else unknownFields.push(name);
  }
  const event = parseImportedEvent(ofEvent);
  if (!event.success) return { reason: z.prettifyError(event.error) };
  if (!saysAnything(ofFeatures))
    return { event: event.data, features: undefined, personEmail, unknownFields };
  const features = callFeaturesSchema.safeParse(toFeatures(ofFeatures, event.data));
  if (!features.success) return { reason: z.prettifyError(features.error) };
  return { event: event.data, features: features.data, personEmail, unknownFields };
}

function derivedDefaults(given: Readonly<Record<string, unknown>>): Partial<TokenEvent> {
  const hasTokens = TOKEN_FIELDS.some((name) => typeof given[name] === "number");
  const hasClass = typeof given["workload_class"] === "string";
  return { usage_source: hasTokens ? "reported" : "none", ...(hasClass ? { class_source: "run" } : {}) };
}

/** An epoch alone is that of no hash. */
function saysAnything(given: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(given).some(
    ([name, value]) =>
      name !== "sketch_epoch" && value !== null && !(Array.isArray(value) && value.length === 0),
  );
}

/** The features of an event, as far as they are known. */
export function toFeatures(
  known: Readonly<Record<string, unknown>>,
  { event_id, started_at, person_id }: TokenEvent,
): Record<string, unknown> {
  const epoch = Math.floor(Date.parse(started_at) / SKETCH_EPOCH_MS);
  return {
    ...UNKNOWN_FEATURES,
    sketch_epoch: epoch,
    ...known,
    schema_version: 1,
    event_id,
    started_at,
    person_id,
  };
}

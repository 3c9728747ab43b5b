// What a message of Kafka or a dead letter holds: a record, or the reason why it is none. A message is the bare event,
// features or outcome. A record that was put aside after it had been read names its kind as well, as it does in the spool.

import { z } from "zod";
import { callFeaturesSchema } from "../../schemas/call-features.ts";
import { outcomeSchema } from "../../schemas/outcome.ts";
import { spoolRecordSchema, type SpoolRecord } from "../../schemas/spool-record.ts";
import { tokenEventSchema } from "../../schemas/token-event.ts";
import type { DeliveredRecord } from "../spool/writer-cursor.ts";

const SCHEMA_VERSION = 1;

const outcomeMessage = outcomeSchema.transform((outcome) => ({ record: "outcome" as const, outcome }));
const featuresMessage = callFeaturesSchema.transform((features) => ({
  record: "features" as const,
  features,
}));
const eventMessage = tokenEventSchema.transform((event) => ({ record: "event" as const, event }));

export function parseMessage(payload: string): DeliveredRecord | { reason: string } {
  const json = parseJson(payload);
  if (typeof json !== "object" || json === null) return { reason: "not a JSON object" };
  // Said first, because of another version nothing else can be said.
  if ("schema_version" in json && json.schema_version !== SCHEMA_VERSION)
    return { reason: "a schema_version that this version of Assay does not know" };
  const parsed = schemaOf(json).safeParse(json);
  if (!parsed.success) return { reason: z.prettifyError(parsed.error) };
  const record = parsed.data;
  // Nothing follows an intent that was put aside. It yields to the event, should that be stored.
  return record.record === "intent" ? { record: "event", event: record.event } : record;
}

function schemaOf(json: object): z.ZodType<SpoolRecord> {
  if ("record" in json) return spoolRecordSchema;
  if ("outcome_id" in json) return outcomeMessage;
  return "sketch_epoch" in json ? featuresMessage : eventMessage;
}

function parseJson(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

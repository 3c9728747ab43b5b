// What a message of Kafka or a dead letter holds: a record, or the reason why it is none. A message is the bare event or
// outcome. A record that was put aside after it had been read names its kind as well, as it does in the spool.

import { z } from "zod";
import { outcomeSchema } from "../../schemas/outcome.ts";
import { spoolRecordSchema } from "../../schemas/spool-record.ts";
import { tokenEventSchema } from "../../schemas/token-event.ts";
import type { DeliveredRecord } from "../spool/writer-cursor.ts";

const SCHEMA_VERSION = 1;

const outcomeMessage = outcomeSchema.transform((outcome) => ({ record: "outcome" as const, outcome }));
const eventMessage = tokenEventSchema.transform((event) => ({ record: "event" as const, event }));

export function parseMessage(payload: string): DeliveredRecord | { reason: string } {
  const json = parseJson(payload);
  if (typeof json !== "object" || json === null) return { reason: "not a JSON object" };
  // Said first, because of another version nothing else can be said.
  if ("schema_version" in json && json.schema_version !== SCHEMA_VERSION)
    return { reason: "a schema_version that this version of Assay does not know" };
  const schema = "record" in json ? spoolRecordSchema : "outcome_id" in json ? outcomeMessage : eventMessage;
  const parsed = schema.safeParse(json);
  if (!parsed.success) return { reason: z.prettifyError(parsed.error) };
  const record = parsed.data;
  // Nothing follows an intent that was put aside. It yields to the event, should that be stored.
  return record.record === "intent" ? { record: "event", event: record.event } : record;
}

function parseJson(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

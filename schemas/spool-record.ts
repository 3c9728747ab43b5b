// What travels from the gateway to the sink. `record` names the kind.
//
// An intent is written when a call is sent to its provider. It is the event that will stand if nothing follows it:
// `usage_source: none`, `error_kind: interrupted`, `terminated_by: gateway`. The event that follows under the same
// `event_id` takes its place, and its features may follow later. So no call is forgotten when a gateway dies, and nothing has to be guessed afterwards.

import { z } from "zod";
import { callFeaturesSchema } from "./call-features.ts";
import { outcomeSchema } from "./outcome.ts";
import { tokenEventSchema } from "./token-event.ts";

export const spoolRecordSchema = z.discriminatedUnion("record", [
  z.strictObject({ record: z.literal("intent"), event: tokenEventSchema }),
  z.strictObject({ record: z.literal("event"), event: tokenEventSchema }),
  z.strictObject({ record: z.literal("features"), features: callFeaturesSchema }),
  z.strictObject({ record: z.literal("outcome"), outcome: outcomeSchema }),
]);

export type SpoolRecord = z.infer<typeof spoolRecordSchema>;

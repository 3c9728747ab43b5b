// Valid features of one call of which a test says only what matters to it.

import { callFeaturesSchema, UNKNOWN_FEATURES, type CallFeatures } from "../../schemas/call-features.ts";

export function buildCallFeatures(said: Partial<CallFeatures> = {}): CallFeatures {
  return callFeaturesSchema.parse({
    schema_version: 1,
    event_id: "01936a00-0000-7000-8000-000000000001",
    started_at: "2026-11-20T09:30:00.000Z",
    person_id: null,
    sketch_epoch: 732,
    ...UNKNOWN_FEATURES,
    ...said,
  });
}

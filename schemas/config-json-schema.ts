// The settings as a JSON Schema, for editors and deployment tools: `docs/assay.config.schema.json` is written from it by
// `npm run schema`, and a test holds the two together.

import { z } from "zod";
import { settingsSchema } from "./settings.ts";
import { UPSTREAM_KINDS } from "./upstreams.ts";

/** JSON Schema, draft 2020-12, of `assay.config.json`. */
export function toConfigJsonSchema(): object {
  const { properties } = z.toJSONSchema(settingsSchema, { io: "input", unrepresentable: "any" });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Settings of Assay",
    description: "The same names as in the environment, which comes first.",
    type: "object",
    properties,
    patternProperties: {
      "^ASSAY_UPSTREAM_[A-Z][A-Z0-9_]*_URL$": {
        type: "string",
        format: "uri",
        description: "Where calls to it go.",
      },
      "^ASSAY_UPSTREAM_[A-Z][A-Z0-9_]*_KEY$": { type: "string", description: "The organisation's own key." },
      "^ASSAY_UPSTREAM_[A-Z][A-Z0-9_]*_KEY_FILE$": {
        type: "string",
        description: "File that holds that key.",
      },
      "^ASSAY_UPSTREAM_[A-Z][A-Z0-9_]*_KIND$": {
        enum: UPSTREAM_KINDS,
        description: "Whose wire format it speaks.",
      },
    },
    additionalProperties: false,
  };
}

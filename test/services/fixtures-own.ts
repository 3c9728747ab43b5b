// Our own small answers of `test/fixtures`, each with what the gateway must make of it: `expected.json` beside them names the
// file, the request's path, the status and the disjoint counts.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { APIS } from "../../schemas/closed-lists.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { framingOf, toFrames } from "./fixtures-framing.ts";
import { CONTENT_TYPES, type Fixture } from "./fixtures-types.ts";

export interface OwnFixture extends Fixture {
  expected: ExpectedReading;
}

type ExpectedReading = z.infer<typeof expectedSchema>;

const FOLDERS = ["openai", "anthropic", "gemini"] as const;
const OWN_ROOT = join(import.meta.dirname, "..", "fixtures");

const expectedSchema = z.strictObject({
  api: z.enum(APIS),
  path: z.string().startsWith("/"),
  status: z.int(),
  response_id: z.string().nullable(),
  model_served: z.string().nullable(),
  stop_reason: z.string().nullable(),
  /** A count that is absent is unknown. Null: the answer reports no usage at all. */
  usage: z.partialRecord(z.enum(TOKEN_FIELDS), z.int().min(0)).nullable(),
  server_tool_calls: z.record(z.string(), z.int().min(0)).default({}),
});

/** In the order in which `expected.json` has them. */
export function ownFixtures(): OwnFixture[] {
  return FOLDERS.flatMap((folder) => {
    const text = readFileSync(join(OWN_ROOT, folder, "expected.json"), "utf8");
    const expectations = z.record(z.string(), expectedSchema).parse(JSON.parse(text));
    return Object.entries(expectations).map(([name, expected]) => toOwnFixture(folder, name, expected));
  });
}

function toOwnFixture(folder: (typeof FOLDERS)[number], name: string, expected: ExpectedReading): OwnFixture {
  const body = readFileSync(join(OWN_ROOT, folder, name));
  const framing = framingOf(name, body);
  return {
    file: `${folder}/${name}`,
    provider: folder,
    dialect: folder,
    api: expected.api,
    framing,
    request: { method: "POST", path: expected.path, body: undefined },
    status: expected.status,
    headers: [["content-type", CONTENT_TYPES[framing]]],
    body,
    frames: toFrames(body, framing),
    expected,
  };
}

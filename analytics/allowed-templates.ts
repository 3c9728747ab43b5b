// The organisation's templates as a pass compares prompts with them: by sketches under the keys of the epochs that it meets.
//
// What makes sketches is handed in by who composes the process, because it belongs to the gateway and takes its secret. Where the secret
// is not known, or Postgres is away, a pass goes on with what was known before; the health of the process says so, and the first
// pass that knows better measures again what can be.

import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { SketchText } from "../schemas/call-features.ts";
import { AppError } from "../schemas/app-error.ts";
import type { PostgresStore } from "../schemas/postgres/open.ts";
import { listTemplates, type Template } from "../schemas/postgres/templates.ts";
import type { PartCheck } from "../schemas/vitals.ts";
import { createOutage } from "./outage.ts";

export interface AllowedTemplates {
  /** Another one for other texts; empty for none. */
  fingerprint: string;
  /** One for each template. */
  sketchesAt(epoch: number): Promise<readonly (readonly number[])[]>;
}

export const NO_TEMPLATES: AllowedTemplates = { fingerprint: "", sketchesAt: async () => [] };

export interface TemplateReader {
  /** As they are now. Never rejects: what can't be read is as it was before, and none where that is not known. */
  read(): Promise<AllowedTemplates>;
  /** Whether the last call could read them, and compare by them. */
  check: PartCheck;
}

export interface TemplateReaderOptions {
  postgres: PostgresStore;
  /** Undefined while the secret of the sketches is not known. */
  openSketcher: () => SketchText | undefined;
  log: { error(fields: object, message: string): void };
}

export function createTemplateReader({ postgres, openSketcher, log }: TemplateReaderOptions): TemplateReader {
  let known = NO_TEMPLATES;
  const outage = createOutage(log, {
    event: "templates could not be compared with prompts",
    state: () => "Templates are not compared with prompts",
  });

  async function readAgain(): Promise<AllowedTemplates> {
    const templates = await listTemplates(postgres.db);
    const fingerprint = toFingerprint(templates);
    if (fingerprint === known.fingerprint) return known;
    if (templates.length === 0) return NO_TEMPLATES;
    const sketchText = openSketcher();
    if (sketchText === undefined)
      throw new AppError(
        "bad_configuration",
        "ASSAY_SKETCH_SECRET, as the gateways have it, is not known here.",
      );
    return { fingerprint, sketchesAt: onceAnEpoch(templates, sketchText) };
  }

  return {
    async read() {
      try {
        known = await readAgain();
        outage.end();
      } catch (error) {
        outage.note(error);
      }
      return known;
    },
    check: outage.check,
  };
}

function toFingerprint(templates: readonly Template[]): string {
  if (templates.length === 0) return "";
  const bodies = templates.map(({ body }) => body).toSorted();
  return createHash("sha256").update(JSON.stringify(bodies)).digest("base64url");
}

/** A pass meets two epochs at most; older ones are not met again. */
const KEPT_EPOCHS_MAX = 3;

function onceAnEpoch(templates: readonly Template[], sketchText: SketchText): AllowedTemplates["sketchesAt"] {
  const kept = new Map<number, readonly (readonly number[])[]>();
  return async (epoch) => {
    const found = kept.get(epoch);
    if (found) return found;
    const sketches: (readonly number[])[] = [];
    for (const { body } of templates) {
      sketches.push(sketchText(body, epoch));
      // A long text takes some 50 ms, and the process has others to serve.
      await setImmediate();
    }
    if (kept.size === KEPT_EPOCHS_MAX) kept.clear();
    kept.set(epoch, sketches);
    return sketches;
  };
}

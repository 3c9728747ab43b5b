// Sketches of texts that are not part of a call, as the gateway would make them of a prompt with such a text.

import { join } from "node:path";
import { SKETCH_EPOCH_MS, type SketchText } from "../../../schemas/call-features.ts";
import type { Config } from "../../../schemas/config.ts";
import { readIfPresent } from "../../../schemas/data-directory.ts";
import { createSketchKeys } from "./keys.ts";
import { sketchOf, WORDS_MIN } from "./minhash.ts";
import { normalise, wordsOf } from "./normalise.ts";

/** @returns undefined where the secret of the gateways is not known, so that nothing could be compared with what they make */
export function openTextSketcher({
  sketchSecret,
  dataDir,
}: Pick<Config, "sketchSecret" | "dataDir">): SketchText | undefined {
  const secret = sketchSecret ?? readIfPresent(join(dataDir, "sketch-secret"));
  if (secret === undefined) return undefined;
  const keysAt = createSketchKeys(secret);
  return (text, epoch) => sketchOf(normalise(text), keysAt(epoch * SKETCH_EPOCH_MS).current.sketchKey);
}

/** Whether a text is long enough for a sketch. */
export function isSketchable(text: string): boolean {
  return wordsOf(normalise(text), WORDS_MIN).length === WORDS_MIN;
}

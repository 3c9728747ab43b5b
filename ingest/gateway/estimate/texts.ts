// The texts of a request and of an answer that broke off, for an estimate of their tokens. Pure; runs in the worker.

import { EventStream } from "../meter/event-stream.ts";

/** Members whose strings are no text: ids, types, encoded images and sound, and what only the provider can read. */
const NOT_TEXT: ReadonlySet<string> = new Set([
  "id",
  "type",
  "role",
  "model",
  "object",
  "data",
  "url",
  "image_url",
  "file_data",
  "encrypted_content",
  "signature",
  "thoughtSignature",
  "mimeType",
  "mime_type",
  "media_type",
  "finish_reason",
  "system_fingerprint",
  "service_tier",
  "call_id",
  "item_id",
]);
/** Of each member of a stream's event, the text that it adds; events that repeat all of it are left out. */
const REPEATING_EVENT = /\.(done|completed|incomplete|failed|created|in_progress)$/;

/** Every text of a request's body: prompts, tool definitions, results. Empty where it is not JSON. */
export function textsOfRequest(body: string): string[] {
  return textsOf(parse(body));
}

/** Every text of an answer, whole or as far as it came. */
export function textsOfAnswer(answer: Uint8Array): string[] {
  const bytes = Buffer.from(answer);
  const whole = parse(bytes.toString("utf8"));
  if (whole !== undefined) return textsOf(whole);
  const texts: string[] = [];
  const events = new EventStream((type, data) => {
    if (!REPEATING_EVENT.test(type)) texts.push(...textsOf(parse(data.toString("utf8"))));
  });
  events.write(bytes);
  return texts;
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => (NOT_TEXT.has(name) ? [] : textsOf(member)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// What requests and answers of several providers tell in the same way.

import type { Members } from "../json-scan.ts";

const SMALL_N = 0x6e;
const EMPTY_TEXT_BYTES = 2;
/** A field of a form stands near its beginning or its end; between them are files of any size. */
const FORM_FIELD_CHARS_MAX = 256;

/** How many elements a member has that is an array: messages, tools. Null for anything else. */
export function countItems(members: Members | undefined, name: string): number | null {
  return members?.get(name)?.items ?? null;
}

/** Whether an answer says that something went wrong: `error` is an object or a text, and not null or empty. */
export function holdsError(body: Buffer, members: Members | undefined): boolean {
  const span = members?.get("error");
  return span !== undefined && body[span.start] !== SMALL_N && span.end - span.start > EMPTY_TEXT_BYTES;
}

/** A text field of a multipart form (RFC 7578), null where there is none. */
export function formField(body: Buffer, name: string): string | null {
  const heading = Buffer.from(`name="${name}"\r\n\r\n`);
  const start = body.indexOf(heading);
  if (start === -1) return null;
  const valueStart = start + heading.length;
  const end = body.indexOf("\r\n", valueStart);
  if (end === -1 || end - valueStart > FORM_FIELD_CHARS_MAX) return null;
  return body.toString("utf8", valueStart, end);
}

/** A segment of a path as text; as it stands where its escapes are broken. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

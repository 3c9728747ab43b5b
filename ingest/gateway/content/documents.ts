// The documents of JSON that an answer consists of: the events of a stream, or its one body; some providers stream an array.

import { isRecord } from "../json-scan.ts";
import { EventStream } from "../meter/event-stream.ts";

export type Document = Readonly<Record<string, unknown>>;

/** What is no JSON, or cut off, is left out: the end marker of OpenAI's streams, an event that never came whole. */
export function readDocuments(answer: Buffer): Document[] {
  const body = parse(answer);
  if (body !== undefined) return (Array.isArray(body) ? body : [body]).filter((value) => isRecord(value));
  const documents: Document[] = [];
  const events = new EventStream((_type, data) => {
    const document = parse(data);
    if (isRecord(document)) documents.push(document);
  });
  events.write(answer);
  events.end();
  return documents;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

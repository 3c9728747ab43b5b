// Receives a request's body. What can be metered is received whole, so that it can be looked at before it is sent on, up to
// SCANNED_BYTES_MAX; what is larger, and every other upload, streams through as it comes.

import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { Refusal } from "./refusal.ts";

/** Real agent requests reach 5 MB and more; beyond this a body is an upload, and is forwarded unread. */
export const SCANNED_BYTES_MAX = 32 * 1024 * 1024;

export type RequestBody =
  | { kind: "none" }
  | { kind: "whole"; bytes: Buffer }
  /** `countBytes` says how much went through so far. */
  | { kind: "stream"; stream: Readable; countBytes: () => number };

/** @throws Refusal 400 when the client breaks off before its request is whole; nobody is left to read it */
export async function receiveBody(incoming: IncomingMessage, isMetered: boolean): Promise<RequestBody> {
  const { "content-length": length, "transfer-encoding": encoding } = incoming.headers;
  if (encoding === undefined && (length === undefined || length === "0")) return { kind: "none" };
  if (!isMetered || Number(length) > SCANNED_BYTES_MAX) return streamBody(incoming, []);

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > SCANNED_BYTES_MAX) {
        stopListening();
        resolve(streamBody(incoming, chunks));
      }
    };
    const onEnd = (): void => {
      stopListening();
      resolve({ kind: "whole", bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
    };
    const onBroken = (): void => {
      stopListening();
      reject(new Refusal(400, "invalid_request", "The request ended before its body was whole."));
    };
    const stopListening = (): void => {
      incoming.off("data", onData).off("end", onEnd).off("error", onBroken).off("close", onBroken);
    };
    incoming.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
  });
}

/**
 * A stream of its own between client and provider: undici destroys a body when the provider breaks off, and the client's
 * socket must outlive that to get its answer.
 */
function streamBody(incoming: IncomingMessage, received: readonly Buffer[]): RequestBody {
  let bytes = 0;
  const stream = new PassThrough();
  for (const chunk of received) {
    bytes += chunk.length;
    stream.write(chunk);
  }
  incoming.on("data", (chunk: Buffer) => (bytes += chunk.length));
  incoming.on("close", () => {
    if (!incoming.complete) stream.destroy(new Error("The client broke off its upload."));
  });
  incoming.pipe(stream);
  return { kind: "stream", stream, countBytes: () => bytes };
}

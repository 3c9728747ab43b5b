// Receives a request's body. What can be metered is received whole, so that it can be looked at before it is sent on, up to
// SCANNED_BYTES_MAX; what is larger, and every other upload, streams through as it comes.

import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";
import { Refusal } from "./refusal.ts";

/** Real agent requests reach 5 MB and more; beyond this a body is an upload, and is forwarded unread. */
export const SCANNED_BYTES_MAX = 32 * 1024 * 1024;

/** A body that unpacks to more is a bomb, or nothing that needs reading; it is forwarded unread. */
const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;

type Unpack = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
const UNPACK: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ["gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
  ["zstd", promisify(zstdDecompress)],
]);

export type RequestBody =
  | { kind: "none" }
  /** `text`: the same without its content encoding; undefined where that can't be taken off. */
  | { kind: "whole"; bytes: Buffer; text: Buffer | undefined }
  /** `countBytes` says how much went through so far. */
  | { kind: "stream"; stream: Readable; countBytes: () => number };

/** What of a body can be read. */
export function textOf(body: RequestBody): Buffer | undefined {
  return body.kind === "whole" ? body.text : undefined;
}

/** @throws Refusal 400 when the client breaks off before its request is whole; nobody is left to read it */
export async function receiveBody(incoming: IncomingMessage, isMetered: boolean): Promise<RequestBody> {
  const { "content-length": length, "transfer-encoding": encoding } = incoming.headers;
  if (encoding === undefined && (length === undefined || length === "0")) return { kind: "none" };
  if (!isMetered || Number(length) > SCANNED_BYTES_MAX) return streamBody(incoming, []);
  const body = await bufferBody(incoming);
  return Buffer.isBuffer(body)
    ? { kind: "whole", bytes: body, text: await unpack(body, incoming.headers["content-encoding"]) }
    : body;
}

/** The whole body, or the stream that it has to be when it turns out to be too large. */
function bufferBody(incoming: IncomingMessage): Promise<Buffer | RequestBody> {
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
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
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

async function unpack(bytes: Buffer, encoding: string | undefined): Promise<Buffer | undefined> {
  if (encoding === undefined || encoding === "identity") return bytes;
  try {
    return await UNPACK.get(encoding.trim().toLowerCase())?.(bytes, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch {
    // It goes to the provider as it came, who will say what is wrong with it.
    return undefined;
  }
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

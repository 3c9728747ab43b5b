// An HTTP client that hides nothing: raw headers in their order, the body's bytes as they came, and whether the answer ended
// as HTTP says it must.

import { Agent, request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";

export interface RawAnswer {
  status: number;
  statusText: string;
  /** Name, value, name, value, … */
  rawHeaders: string[];
  headers: IncomingMessage["headers"];
  body: Buffer;
  /** False where the connection ended before the answer did. */
  isWhole: boolean;
}

export interface RawRequest {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: Buffer | string;
  /** Leaves after so many bytes of the body. */
  leaveAfterBytes?: number;
}

export function send(url: string, options: RawRequest = {}): Promise<RawAnswer> {
  const { method = "POST", headers = {}, body, leaveAfterBytes = Number.POSITIVE_INFINITY } = options;
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    const sent = request(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= leaveAfterBytes) response.destroy();
      });
      // A broken connection errs and closes; the answer then says that it is not whole.
      response.on("error", () => undefined);
      response.on("close", () =>
        resolve({
          status: response.statusCode ?? 0,
          statusText: response.statusMessage ?? "",
          rawHeaders: response.rawHeaders,
          headers: response.headers,
          body: Buffer.concat(chunks),
          isWhole: response.complete,
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

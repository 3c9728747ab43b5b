// Undoes a content encoding, with the platform's own decoders, so that tests can look into an answer.

import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";

/** @throws TypeError at an encoding that HTTP's registry has no decoder for here */
export function decodeBody(body: Buffer, encoding: string | undefined): Buffer {
  switch (encoding?.toLowerCase()) {
    case undefined:
    case "identity":
      return body;
    case "gzip":
      return gunzipSync(body);
    case "deflate":
      return inflateSync(body);
    case "br":
      return brotliDecompressSync(body);
    case "zstd":
      return zstdDecompressSync(body);
    default:
      throw new TypeError(`No decoder for the content encoding ${encoding}.`);
  }
}

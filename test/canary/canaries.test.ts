// The search finds a canary in every form in which it could be left, and nothing where there is none.

import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { createCanaries } from "./canaries.ts";

const canaries = createCanaries();
const canary = canaries.make("prompt");
const inText = Buffer.from(`{"text":"It is ${canary}, isn't it?"}`);
const NOISE = Buffer.from("nothing of interest ".repeat(500));

const FORMS: readonly (readonly [name: string, bytes: Buffer])[] = [
  ["as it is", inText],
  ["UTF-16", Buffer.from(inText.toString(), "utf16le")],
  ["hexadecimal", Buffer.from(inText.toString("hex"))],
  ...[0, 1, 2].map((shift) => ["base64", Buffer.from(inText.subarray(shift).toString("base64"))] as const),
  ...[0, 1, 2].map(
    (shift) => ["base64url", Buffer.from(inText.subarray(shift).toString("base64url"))] as const,
  ),
  ["gzip", gzipSync(inText)],
  ["zlib", deflateSync(inText)],
  ["zstd", zstdCompressSync(inText)],
  ["base64 in gzip", gzipSync(inText.toString("base64"))],
  ["gzip in gzip", gzipSync(gzipSync(inText))],
];

test.each(FORMS)("is found %s, wherever it stands", (_name, bytes) => {
  expect(canaries.search(Buffer.concat([NOISE, bytes, NOISE]))).not.toEqual([]);
});

test("is not found where there is none", () => {
  const other = createCanaries().make("prompt");
  for (const bytes of [NOISE, Buffer.from(other), gzipSync(other)])
    expect(canaries.search(bytes)).toEqual([]);
});

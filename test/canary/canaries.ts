// Strings that stand nowhere else in the world, to be put where a company's text would be, and the search for what is left of them:
// in the bytes as they are, in UTF-16, hexadecimal and base64, and in everything that is compressed with gzip, zlib, zstd or as
// ClickHouse compresses its columns.
//
// All canaries of a run begin alike, so one search finds any of them. They are lower case, because texts are brought to lower case
// before they are hashed, and have no character that JSON, a URL or a header would write differently.

import { randomBytes } from "node:crypto";
import { constants, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { readClickHouseBlocks } from "./clickhouse-blocks.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const COMMON_CHARS = 16;
/** What is compressed in what is compressed is looked into; a third time nobody does it. */
const DEPTH_MAX = 2;
const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;

export interface Canaries {
  /** A string for this place; the place stands in it, so that a finding says what has leaked. */
  make(place: string): string;
  /** Where in `bytes` there is one, and how it was written; empty where there is none. */
  search(bytes: Buffer): string[];
}

export function createCanaries(): Canaries {
  const common = Array.from(randomBytes(COMMON_CHARS), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  const forms = formsOf(common);
  let made = 0;

  function search(bytes: Buffer, depth = 0): string[] {
    const plain = forms.flatMap(({ name, needle }) => {
      const at = bytes.indexOf(needle);
      return at === -1 ? [] : [`${name}: ${excerpt(bytes, at)}`];
    });
    if (depth === DEPTH_MAX) return plain;
    return [
      ...plain,
      ...unpackAll(bytes).flatMap(({ name, content }) =>
        search(content, depth + 1).map((found) => `${name} > ${found}`),
      ),
    ];
  }

  return {
    make: (place) =>
      `${common}${place.toLowerCase().replaceAll(/[^a-z0-9]/g, "")}${String(++made).padStart(3, "0")}`,
    search: (bytes) => search(bytes),
  };
}

interface Form {
  name: string;
  needle: Buffer;
}

function formsOf(text: string): Form[] {
  const bytes = Buffer.from(text);
  const encoded = [0, 1, 2].flatMap((shift) => {
    // The characters at both ends also hold bits of what stands beside the text, so they are left out.
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = shift === 0 ? 0 : shift + 1;
    const until = Math.floor((whole.length * 8) / 6);
    return (["base64", "base64url"] as const).map((encoding) => ({
      name: encoding,
      needle: Buffer.from(whole.toString(encoding).slice(from, until)),
    }));
  });
  return [
    { name: "as it is", needle: bytes },
    { name: "UTF-16", needle: Buffer.from(text, "utf16le") },
    { name: "hexadecimal", needle: Buffer.from(bytes.toString("hex")) },
    ...encoded,
  ];
}

function excerpt(bytes: Buffer, at: number): string {
  return JSON.stringify(bytes.toString("latin1", Math.max(0, at - 40), at + 60));
}

type Unpack = (bytes: Buffer) => Buffer;

const OPTIONS = { maxOutputLength: UNPACKED_BYTES_MAX, finishFlush: constants.Z_SYNC_FLUSH };

/** By how a stream of them begins (RFC 1952, RFC 1950, RFC 8878). */
const PACKINGS: readonly { name: string; magic: Buffer; unpack: Unpack }[] = [
  { name: "gzip", magic: Buffer.from([0x1f, 0x8b, 0x08]), unpack: unpackGzip },
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => ({
    name: "zlib",
    magic: Buffer.from([0x78, level]),
    unpack: (bytes: Buffer) => inflateSync(bytes, OPTIONS),
  })),
  {
    name: "zstd",
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    unpack: (bytes) => zstdDecompressSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX }),
  },
];

const GZIP_HEADER_BYTES = 10;
const GZIP_NAME_FLAG = 0x08;

/** Without the check at its end, which Node expects to be the end of everything. A header may hold the file's name. */
function unpackGzip(bytes: Buffer): Buffer {
  const hasName = ((bytes[3] ?? 0) & GZIP_NAME_FLAG) !== 0;
  const start = hasName ? bytes.indexOf(0, GZIP_HEADER_BYTES) + 1 : GZIP_HEADER_BYTES;
  return inflateRawSync(bytes.subarray(start), OPTIONS);
}

function unpackAll(bytes: Buffer): { name: string; content: Buffer }[] {
  const found = PACKINGS.flatMap(({ name, magic, unpack }) =>
    offsetsOf(bytes, magic).flatMap((at) => {
      const content = tryUnpack(unpack, bytes.subarray(at));
      return content === undefined ? [] : [{ name, content }];
    }),
  );
  const columns = readClickHouseBlocks(bytes);
  return columns.length === 0 ? found : [...found, { name: "ClickHouse", content: columns }];
}

function offsetsOf(bytes: Buffer, magic: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) offsets.push(at);
  return offsets;
}

/** Two or three bytes alike are mostly no beginning of anything. */
function tryUnpack(unpack: Unpack, bytes: Buffer): Buffer | undefined {
  try {
    return unpack(bytes);
  } catch {
    return undefined;
  }
}

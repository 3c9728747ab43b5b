// What is in a column file of ClickHouse: blocks one after the other, each with a checksum of 16 bytes, the method of compression, its
// size with that header of 9 bytes, and its size unpacked (https://clickhouse.com/docs/native-protocol/compression). The files are
// read as they lie on the disk, because a table shows only its living rows.

import { zstdDecompressSync } from "node:zlib";

const CHECKSUM_BYTES = 16;
const HEADER_BYTES = 9;
const METHODS: ReadonlyMap<number, (packed: Buffer, bytes: number) => Buffer> = new Map([
  [0x82, unpackLz4],
  [0x90, (packed) => zstdDecompressSync(packed)],
  [0x02, (packed) => packed],
]);

/** The contents of all blocks from the beginning on; empty where it does not begin with one. */
export function readClickHouseBlocks(file: Buffer): Buffer {
  const contents: Buffer[] = [];
  for (let at = 0; at + CHECKSUM_BYTES + HEADER_BYTES <= file.length;) {
    const start = at + CHECKSUM_BYTES;
    const unpack = METHODS.get(file.readUInt8(start));
    const size = file.readUInt32LE(start + 1);
    if (unpack === undefined || size <= HEADER_BYTES || start + size > file.length) break;
    contents.push(unpack(file.subarray(start + HEADER_BYTES, start + size), file.readUInt32LE(start + 5)));
    at = start + size;
  }
  return Buffer.concat(contents);
}

const SHORT_MAX = 15;
const MATCH_BYTES_MIN = 4;

/** One LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md); as far as it can be read. */
function unpackLz4(packed: Buffer, bytes: number): Buffer {
  const unpacked = Buffer.alloc(bytes);
  let [from, to] = [0, 0];

  function readLength(short: number): number {
    let length = short;
    if (short < SHORT_MAX) return length;
    for (let more = 255; more === 255;) {
      more = packed[from++] ?? 0;
      length += more;
    }
    return length;
  }

  while (from < packed.length && to < bytes) {
    const token = packed[from++] ?? 0;
    const literals = readLength(token >> 4);
    packed.copy(unpacked, to, from, from + literals);
    from += literals;
    to += literals;
    if (from >= packed.length) break;
    const offset = packed.readUInt16LE(from);
    from += 2;
    const end = Math.min(bytes, to + readLength(token & SHORT_MAX) + MATCH_BYTES_MIN);
    // A match may reach into what it writes itself, so it goes byte by byte.
    for (; to < end; to++) unpacked[to] = unpacked[to - offset] ?? 0;
  }
  return unpacked;
}

// The spool on disk. A writer owns a folder; in it are segments, `000000000001.spool` and so on, each a sequence of frames:
//
//     length   4 bytes, little endian: bytes of the payload
//     checksum 4 bytes, little endian: CRC-32 of the payload
//     payload  one record as JSON, UTF-8
//
// Frames are only ever appended. A frame that is cut short or fails its checksum at the end of the last segment is a torn
// tail: the write that a crash or a full disk interrupted, of a record that nobody was told is written. A segment is never
// written to again once there is a next one.

import { crc32 } from "node:zlib";

export const SEGMENT_BYTES_MAX = 16 * 1024 * 1024;
/** A record is about 1.5 KB; anything near this is damage, not a record. */
export const PAYLOAD_BYTES_MAX = 1024 * 1024;
export const HEADER_BYTES = 8;
/** Held by the writer for as long as it lives. */
export const WRITER_LOCK_FILE = "writer.lock";

/** Held by the reader of the spool. In the spool's own folder, where a name that begins with a dot is no writer's. */
export const READER_LOCK_FILE = ".reader.lock";

const SEGMENT_NAME = /^(\d{12})\.spool$/;

export function segmentName(segment: number): string {
  return `${String(segment).padStart(12, "0")}.spool`;
}

/** The number of a segment file, or undefined for any other file. */
export function segmentNumber(fileName: string): number | undefined {
  const [, digits] = SEGMENT_NAME.exec(fileName) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

export function encodeFrame(payload: string): Buffer {
  const length = Buffer.byteLength(payload);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.write(payload, HEADER_BYTES);
  frame.writeUInt32LE(length, 0);
  frame.writeUInt32LE(crc32(frame.subarray(HEADER_BYTES)), 4);
  return frame;
}

export type DecodedFrame =
  | { state: "whole"; payload: string; bytes: number }
  /** The bytes end before the frame does. */
  | { state: "short" }
  /** The bytes are not a frame. */
  | { state: "damaged"; reason: string };

/** The frame at `offset` of a segment's bytes. */
export function decodeFrame(bytes: Buffer, offset: number): DecodedFrame {
  if (bytes.length - offset < HEADER_BYTES) return { state: "short" };
  const length = bytes.readUInt32LE(offset);
  if (length === 0 || length > PAYLOAD_BYTES_MAX) return { state: "damaged", reason: `length ${length}` };
  const start = offset + HEADER_BYTES;
  if (bytes.length - start < length) return { state: "short" };
  const payload = bytes.subarray(start, start + length);
  if (crc32(payload) !== bytes.readUInt32LE(offset + 4)) return { state: "damaged", reason: "checksum" };
  return { state: "whole", payload: payload.toString("utf8"), bytes: HEADER_BYTES + length };
}

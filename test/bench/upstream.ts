// The provider of the benchmark: a process that answers chat completions over raw sockets, from bytes made beforehand, so that
// as little as possible is spent on this side. It reads requests with a content-length, several on a connection.

import { createServer, type Socket } from "node:net";
import { answerOf, MODEL_PREFIX, PROFILES, type Profile } from "./profiles.ts";
import { listenForParent } from "./program.ts";

const HEAD_END = "\r\n\r\n";
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const NAME_BYTES_MAX = 16;

const answers = new Map(
  PROFILES.map((profile) => [profile.name, { profile, pieces: answerOf(profile) }] as const),
);

await listenForParent(
  createServer({ noDelay: true }, (socket) => {
    let pending: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (let taken = takeRequest(pending); taken; taken = takeRequest(pending)) {
        pending = pending.subarray(taken.bytes);
        const answer = answers.get(taken.profile);
        if (answer) send(socket, answer.profile, answer.pieces);
        else socket.destroy();
      }
    });
    // A proxy that closes an idle connection is none of our business; a call that it breaks is counted where it was made.
    socket.on("error", () => socket.destroy());
  }),
);

function takeRequest(bytes: Buffer): { bytes: number; profile: string } | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const length = headEnd + HEAD_END.length + Number(CONTENT_LENGTH.exec(head)?.[1] ?? 0);
  if (bytes.length < length) return undefined;
  const nameStart = bytes.indexOf(MODEL_PREFIX, headEnd) + MODEL_PREFIX.length;
  const [profile = ""] = bytes.toString("latin1", nameStart, nameStart + NAME_BYTES_MAX).split('"', 1);
  return { bytes: length, profile };
}

function send(socket: Socket, { answer }: Profile, pieces: readonly Buffer[]): void {
  const [first, ...more] = pieces;
  if (first) socket.write(first);
  if (more.length === 0 || answer.kind !== "stream") return;
  const timer = setInterval(() => {
    const piece = more.shift();
    if (piece && !socket.destroyed) socket.write(piece);
    else clearInterval(timer);
  }, answer.gapMs);
}

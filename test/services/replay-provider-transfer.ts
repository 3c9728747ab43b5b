// Puts an answer on the wire: cut into the pieces that its pace asks for, up to the point where its fault strikes.
//
// Always holds: the pieces that are sent, joined, are a prefix of the answer's bytes, and all of them without a fault. A pace
// waits for each piece to be handed to the kernel; without one, pieces go out as fast as the client takes them.

import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault, ReplayAnswer } from "./replay-provider-answer.ts";

/**
 * @param signal aborted when the provider closes: nothing is waited for after that
 */
export async function sendAnswer(
  response: ServerResponse,
  answer: ReplayAnswer,
  signal: AbortSignal,
): Promise<void> {
  const { fault } = answer;
  if (fault?.kind === "silent") return;
  if (fault?.kind === "reset-before-headers") {
    response.socket?.resetAndDestroy();
    return;
  }
  try {
    if (fault?.kind === "slow-headers") await delay(fault.delayMs, undefined, { signal });
    writeHead(response, answer);
    const bytesMax = fault && "afterBytes" in fault ? fault.afterBytes : Infinity;
    await writePieces(response, upTo(toPieces(answer), bytesMax), answer, signal);
  } catch (error) {
    // The provider was closed while it waited. Its sockets are destroyed there.
    if (signal.aborted) return;
    throw error;
  }
  finish(response, fault);
}

function writeHead(
  response: ServerResponse,
  { status = 200, headers = [], body, fault }: ReplayAnswer,
): void {
  const raw = headers.flat();
  if (body !== undefined && fault?.kind !== "truncate") {
    const byBytes = fault?.kind === "wrong-length" ? fault.byBytes : 0;
    raw.push("content-length", String(body.length + byBytes));
  }
  if (fault?.kind === "wrong-length") raw.push("connection", "close");
  response.writeHead(status, raw);
  response.flushHeaders();
}

async function writePieces(
  response: ServerResponse,
  pieces: readonly Buffer[],
  { pace, fault }: ReplayAnswer,
  signal: AbortSignal,
): Promise<void> {
  // What is not yet with the kernel when a connection is destroyed would never arrive.
  const isHandedOver = pace !== undefined || fault !== undefined;
  for (const [index, piece] of pieces.entries()) {
    if (response.destroyed) return;
    await writePiece(response, piece, isHandedOver);
    if (pace?.gapMs !== undefined && index < pieces.length - 1) {
      await delay(pace.gapMs, undefined, { signal });
    }
  }
}

/** Returns when the kernel has the piece, or else when there is room for the next; and in any case when the client has left. */
function writePiece(response: ServerResponse, piece: Buffer, isHandedOver: boolean): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("close", done);
      response.off("drain", done);
      resolve();
    };
    response.once("close", done);
    if (isHandedOver) response.write(piece, done);
    else if (response.write(piece)) done();
    else response.once("drain", done);
  });
}

function finish(response: ServerResponse, fault: Fault | undefined): void {
  if (fault?.kind === "reset") response.socket?.resetAndDestroy();
  else if (fault?.kind === "cut") response.socket?.destroy();
  else if (fault?.kind !== "stall") response.end();
}

function toPieces({ body, frames, pace }: ReplayAnswer): readonly Buffer[] {
  const whole = frames ?? [body ?? Buffer.alloc(0)];
  if (pace?.chunkBytes === undefined && pace?.splitAt === undefined) return whole;
  const bytes = Buffer.concat(whole);
  const cuts = new Set(pace.splitAt);
  for (let at = pace.chunkBytes ?? bytes.length; at < bytes.length; at += pace.chunkBytes ?? bytes.length) {
    cuts.add(at);
  }
  const ordered = [0, ...[...cuts].filter((at) => at > 0 && at < bytes.length).toSorted((a, b) => a - b)];
  return ordered.map((start, index) => bytes.subarray(start, ordered[index + 1]));
}

function upTo(pieces: readonly Buffer[], bytesMax: number): Buffer[] {
  const sent: Buffer[] = [];
  let left = bytesMax;
  for (const piece of pieces) {
    if (left <= 0) break;
    sent.push(piece.subarray(0, left));
    left -= piece.length;
  }
  return sent.filter((piece) => piece.length > 0);
}

// Store commands while Assay runs. The embedded stores have one owner, so a command that another terminal gives is handed to
// the service process, which runs it with the caller's input, output and working folder.
//
// The service listens on the loopback address and writes port and a random token to `control.json`, which only the user who
// runs Assay can read. The answer is a sequence of frames: one byte for the channel, four for the length, then the bytes.

import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { z } from "zod";
import { AppError } from "./schemas/app-error.ts";
import { EXIT, type CommandIo, type ExitCode, type Stores } from "./schemas/command.ts";
import { readIfPresent, replaceFile } from "./schemas/data-directory.ts";

const CONTROL_FILE = "control.json";
const LOOPBACK = "127.0.0.1";
const CHANNEL = { exit: 0, stdout: 1, stderr: 2 } as const;
const FRAME_HEADER_BYTES = 5;

const controlSchema = z.object({ port: z.int(), token: z.string() });
const invocationSchema = z.object({ argv: z.array(z.string()), cwd: z.string() });

/** Runs one invocation. `stores` are those of this process, where it owns some. Never throws. */
export type RunInvocation = (argv: readonly string[], io: CommandIo, stores?: Stores) => Promise<ExitCode>;

/** Listens for commands of other terminals until it is closed. */
export async function listenForCommands(
  dataDir: string,
  stores: Stores,
  run: RunInvocation,
): Promise<{ close(): Promise<void> }> {
  const token = randomBytes(32).toString("base64url");
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing, token, (argv, io) => run(argv, io, stores));
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  replaceFile(join(dataDir, CONTROL_FILE), JSON.stringify({ port, token }));
  return {
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  token: string,
  run: RunInvocation,
): Promise<void> {
  const given = Buffer.from(incoming.headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${token}`);
  const invocation = invocationSchema.safeParse(parseJson(incoming.headers["x-invocation"]));
  if (given.length !== expected.length || !timingSafeEqual(given, expected) || !invocation.success) {
    outgoing.writeHead(403).end();
    return;
  }
  const caller = new AbortController();
  outgoing.once("close", () => caller.abort());
  const stdout = toChannel(outgoing, CHANNEL.stdout);
  const stderr = toChannel(outgoing, CHANNEL.stderr);
  const { argv, cwd } = invocation.data;
  const exitCode = await run(argv, {
    stdin: incoming,
    stdout,
    stderr,
    cwd,
    now: () => new Date(),
    signal: caller.signal,
  });
  // What the command wrote may still be waiting for the caller to read; the exit code comes after it.
  await Promise.all([flush(stdout), flush(stderr)]);
  outgoing.end(toFrame(CHANNEL.exit, Buffer.from([exitCode])));
}

/**
 * Has the running service carry out a command.
 * @throws AppError `unavailable` when it can't be reached, or ends before the command does
 */
export async function runInService(
  dataDir: string,
  argv: readonly string[],
  io: CommandIo,
): Promise<ExitCode> {
  const content = readIfPresent(join(dataDir, CONTROL_FILE));
  if (content === undefined) {
    throw new AppError("unavailable", "Assay is just starting. Try again in a few seconds.", { retry: true });
  }
  const { port, token } = controlSchema.parse(JSON.parse(content));
  const invocation = JSON.stringify({ argv, cwd: io.cwd });
  const sent = request({
    host: LOOPBACK,
    port,
    method: "POST",
    signal: io.signal,
    headers: { authorization: `Bearer ${token}`, "x-invocation": encodeURIComponent(invocation) },
  });
  if (argv.includes("-")) io.stdin.pipe(sent);
  else sent.end();
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once("response", resolve).once("error", reject);
    });
    return await relay(response, io);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const message =
      "The running Assay could not be reached, or stopped before the command was done. Look at its log.";
    throw new AppError("unavailable", message, { retry: true, cause: error });
  }
}

/** Hands the frames of an answer to the caller's streams; the last one is the exit code. */
async function relay(response: IncomingMessage, io: CommandIo): Promise<ExitCode> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of response) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= FRAME_HEADER_BYTES && rest.length >= FRAME_HEADER_BYTES + rest.readUInt32LE(1)) {
      const end = FRAME_HEADER_BYTES + rest.readUInt32LE(1);
      const [channel, payload] = [rest[0], rest.subarray(FRAME_HEADER_BYTES, end)];
      if (channel === CHANNEL.exit) return toExitCode(payload[0]);
      const stream = channel === CHANNEL.stdout ? io.stdout : io.stderr;
      if (!stream.write(payload)) await once(stream, "drain");
      rest = rest.subarray(end);
    }
  }
  throw new AppError(
    "unavailable",
    "The running Assay stopped before the command was done. Look at its log.",
  );
}

function toChannel(outgoing: ServerResponse, channel: number): Writable {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (outgoing.destroyed) done(new AppError("unavailable", "The caller has gone."));
      else outgoing.write(toFrame(channel, chunk), done);
    },
  });
  // The command is told by its signal that the caller has gone; what it still writes is for nobody.
  stream.on("error", () => undefined);
  return stream;
}

async function flush(stream: Writable): Promise<void> {
  await finished(stream.end()).catch(() => undefined);
}

function toFrame(channel: number, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  frame.writeUInt8(channel, 0);
  frame.writeUInt32LE(payload.length, 1);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

function toExitCode(byte: number | undefined): ExitCode {
  return Object.values(EXIT).find((code) => code === byte) ?? EXIT.failed;
}

function parseJson(header: string | string[] | undefined): unknown {
  try {
    return JSON.parse(decodeURIComponent(String(header)));
  } catch {
    return undefined;
  }
}

// Commands of other terminals reach the process that owns the stores, with all of their input and output.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listenForCommands, runInService, type RunInvocation } from "../../control.ts";
import { EXIT, type CommandIo, type ExitCode } from "../../schemas/command.ts";
import { send } from "../services/raw-client.ts";

let dataDir: string;
let closeService: () => Promise<void>;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-control-"));
});
afterEach(async () => {
  await closeService();
  rmSync(dataDir, { recursive: true });
});

async function serve(run: RunInvocation): Promise<void> {
  const stores = Object.create(null);
  const service = await listenForCommands(dataDir, stores, run);
  closeService = () => service.close();
}

interface Caller {
  io: CommandIo;
  stdout: PassThrough;
  stderr: PassThrough;
  leave: AbortController;
}

function createCaller(stdin = ""): Caller {
  const [stdout, stderr, leave] = [new PassThrough(), new PassThrough(), new AbortController()];
  const io = {
    stdin: Readable.from([stdin]),
    stdout,
    stderr,
    cwd: "/somewhere",
    now: () => new Date(),
    signal: leave.signal,
  };
  return { io, stdout, stderr, leave };
}

async function call(
  caller: Caller,
  ...argv: string[]
): Promise<{ exitCode: ExitCode; stdout: string; stderr: string }> {
  const printed = [text(caller.stdout), text(caller.stderr)] as const;
  const exitCode = await runInService(dataDir, argv, caller.io);
  caller.stdout.end();
  caller.stderr.end();
  const [stdout, stderr] = await Promise.all(printed);
  return { exitCode, stdout, stderr };
}

it("arguments, folder, input, both outputs and the exit code arrive whole", async () => {
  await serve(async (argv, io) => {
    io.stderr.write(`in ${io.cwd}: ${argv.join(" ")}`);
    io.stdout.write(await text(io.stdin));
    return EXIT.failed;
  });
  const stdin = "ü".repeat(500_000);
  expect(await call(createCaller(stdin), "import", "events", "-")).toEqual({
    exitCode: EXIT.failed,
    stdout: stdin,
    stderr: "in /somewhere: import events -",
  });
});

it("everything that a command has written comes before its exit code, however much is still waiting", async () => {
  const line = "x".repeat(10_000);
  await serve(async (_argv, io) => {
    for (let count = 0; count < 1000; count++) io.stdout.write(line);
    return EXIT.done;
  });
  const { exitCode, stdout } = await call(createCaller(), "export");
  expect(exitCode).toBe(EXIT.done);
  expect(stdout.length).toBe(1000 * line.length);
});

it("a caller who leaves stops the command and harms nobody else", async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: over, resolve: end } = Promise.withResolvers<boolean>();
  await serve(async (argv, io) => {
    if (argv[0] === "quick") return EXIT.done;
    io.stdout.write("first");
    begin();
    await new Promise((resolve) => io.signal.addEventListener("abort", resolve));
    io.stdout.write("into the void");
    end(io.signal.aborted);
    return EXIT.done;
  });
  const leaver = createCaller();
  const left = runInService(dataDir, ["slow"], leaver.io);
  await begun;
  leaver.leave.abort();
  await expect(left).rejects.toMatchObject({ code: "unavailable" });
  expect(await over).toBe(true);
  expect((await call(createCaller(), "quick")).exitCode).toBe(EXIT.done);
});

it("a caller without the token is refused", async () => {
  let runs = 0;
  await serve(async () => {
    runs++;
    return EXIT.done;
  });
  const { port, token } = JSON.parse(readFileSync(join(dataDir, "control.json"), "utf8"));
  const invocation = encodeURIComponent(JSON.stringify({ argv: ["keys", "list"], cwd: "/" }));
  for (const authorization of ["", "Bearer ", `Bearer ${token}x`, `Bearer ${"x".repeat(token.length)}`]) {
    const answer = await send(`http://127.0.0.1:${port}/`, {
      headers: { authorization, "x-invocation": invocation },
    });
    expect(answer.status).toBe(403);
  }
  expect(runs).toBe(0);
});

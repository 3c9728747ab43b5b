// A published command-line client, as its user runs it: in a home and a folder of its own, pointed at an address, one prompt after
// the other. `runClient` makes the same home anew each time, so that only the address tells two runs apart.
//
// Always holds: a client that does not end is killed, with the processes of its group; nothing of it outlives the run.

import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { binFolderOf, programOf, type ClientPackage } from "./packages.ts";
import type { ModelTask } from "../scripted/scripted-model.ts";

/** A client takes 1 to 30 seconds for a prompt, and several times that on a machine that is busy. */
const PROMPT_MS_MAX = 300_000;

/** Where a client is pointed, and with which key. */
export interface Target {
  url: string;
  key: string;
}

/** What one run has for itself. */
export interface Place {
  home: string;
  work: string;
  /** A free one, for a client with a server of its own. */
  port: number;
}

export interface ClientPrompt {
  text: string;
  /** The step that the model gives last, as `<task>:<step>`: a client with a server may end before. */
  lastStep: string;
}

export interface Invocation {
  argv: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

export interface RealClient {
  name: string;
  package: ClientPackage;
  /** What the model does when this client asks it. */
  tasks: readonly ModelTask[];
  /** One process each, one after the other. */
  prompts: readonly ClientPrompt[];
  /** Files below the home, by their path. */
  files: (place: Place, target: Target) => Readonly<Record<string, string>>;
  invoke: (place: Place, target: Target, prompt: string, index: number) => Invocation;
  /** A server of the client's own, which runs while the prompts do. */
  server?: (place: Place) => Invocation & { /** In its output, once it serves. */ readyText: string };
  /** What Assay makes of it, as `drawRunTree` draws it. */
  runTree: string;
}

export interface ClientResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/**
 * @param root a folder for this client alone, which is emptied
 * @param answered resolves when the model has given a step
 */
export async function runClient(
  client: RealClient,
  root: string,
  target: Target,
  answered: (step: string) => Promise<void>,
): Promise<ClientResult[]> {
  rmSync(root, { recursive: true, force: true });
  const place = { home: join(root, "home"), work: join(root, "work"), port: await findFreePort() };
  writeFiles(place.home, client.files(place, target));
  writeFiles(place.work, WORK_FILES);
  const server = client.server && (await startServer(client, place, client.server(place)));
  try {
    const results: ClientResult[] = [];
    for (const [index, { text: prompt, lastStep }] of client.prompts.entries()) {
      results.push(await runPrompt(client, place, client.invoke(place, target, prompt, index)));
      await withinLimit(answered(lastStep), `${client.name} never came to ${lastStep}`);
    }
    return results;
  } finally {
    killGroup(server);
  }
}

async function withinLimit(work: Promise<void>, message: string): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<void>();
  const limit = setTimeout(() => reject(new Error(message)), PROMPT_MS_MAX);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(limit);
  }
}

/** What the prompts are about. */
const WORK_FILES = { "samples.csv": "shaft,sample,gold_g_per_t\nnorth,1,0.4\nnorth,2,1.9\nsouth,3,7.3\n" };

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

async function runPrompt(client: RealClient, place: Place, invocation: Invocation): Promise<ClientResult> {
  const child = start(client, place, invocation);
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const limit = setTimeout(() => killGroup(child), PROMPT_MS_MAX);
  try {
    const [exitCode] = await once(child, "exit");
    killGroup(child);
    const [stdout, stderr] = await output;
    return { exitCode, stdout, stderr };
  } finally {
    clearTimeout(limit);
  }
}

async function startServer(
  client: RealClient,
  place: Place,
  { readyText, ...invocation }: Invocation & { readyText: string },
): Promise<ChildProcess> {
  const child = start(client, place, invocation);
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes(readyText)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) =>
      reject(new Error(`The server of ${client.name} ended (${code}):\n${output}`)),
    );
  });
  return child;
}

function start(
  client: RealClient,
  place: Place,
  { argv, environment }: Invocation,
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(programOf(client.package), [...argv], {
    cwd: place.work,
    env: {
      PATH: binFolderOf(client.package) + delimiter + process.env["PATH"],
      HOME: place.home,
      TMPDIR: place.home,
      LANG: "C.UTF-8",
      TERM: "dumb",
      NO_COLOR: "1",
      ...OFFLINE,
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: its shells and servers end with it.
    detached: true,
  });
}

/** Clients look for updates and catalogues of models; all that is not of this machine is refused before it leaves it. */
const OFFLINE = {
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost",
};

function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

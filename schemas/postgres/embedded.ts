// A real PostgreSQL as a child process, for those who run no server of their own. It ends with this process, however that
// ends; its data stay in `<data directory>/postgres`.
//
// * Its one login is the role `assay`, which owns the database `assay` and nothing else. The superuser can't log in at all.
//   A random password guards the port, because everyone on the machine can reach 127.0.0.1. A Unix socket would need none,
//   but its path may have 107 bytes at most, and a data directory's may be longer.
// * Started by root, it is `nobody` without any privilege (server-user.ts).
// * A shell between us holds a pipe that we hold too. When we are gone, also by SIGKILL, the pipe ends and the shell asks
//   the server for a fast shutdown.
//
// The caller owns the data directory (`lockDataDirectory`): a server that is still running in it is an orphan, and is ended.

import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { AppError } from "../app-error.ts";
import { makeDataDirectory, readOrMakeSecret } from "../data-directory.ts";
import { createCluster, DATABASE, ROLE, type ClusterFiles } from "./cluster.ts";
import { endOrphan, readPostmaster, signalIfRunning } from "./postmaster.ts";
import { preparePostgresPrograms } from "./programs.ts";
import { folderAsServerSeesIt, needsOtherUser, serverProcessOptions } from "./server-user.ts";

const CONNECTIONS_MAX = 60;
/**
 * Another program may take the port between our choice and the server's, and the workers of a server that was killed may
 * take a moment to notice: a start is tried more than once.
 */
const START_TRIES_MAX = 5;
const START_PAUSE_MS = 500;
const START_MS_MAX = 60_000;
const POLL_MS = 10;
/** A fast shutdown writes everything back. Beyond this it is told to leave that to the recovery of the next start. */
const STOP_MS_MAX = 20_000;
const LOG_LINES_MAX = 20;
/** Ends with the server's exit code; asks it to stop when our end of the pipe (its standard input) closes. */
const GUARD = `exec 3<&0
"$@" </dev/null & server=$!
{ cat <&3 >/dev/null; kill -INT $server; } 2>/dev/null & watcher=$!
wait $server; code=$?
kill $watcher 2>/dev/null
exit $code`;

export interface EmbeddedPostgres {
  /** With the password: hand it to those who need it, and log it nowhere. */
  url: string;
  pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  log: Logger;
  /** The port to take; without it, any that is free. */
  port?: number;
  /** False: what is committed survives a kill, but not a crash of the machine. For tests alone. */
  fsync?: boolean;
}

/**
 * Starts the server, making its files first where there are none: 0.8 s then, 0.1 s later.
 * @throws AppError `unavailable` when it does not come up, `bad_configuration` when this platform has no PostgreSQL
 */
export async function startEmbeddedPostgres({
  dataDir,
  log,
  port,
  fsync = true,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  makeDataDirectory(dataDir);
  const files: ClusterFiles = {
    folder: join(dataDir, "postgres"),
    programs: join(preparePostgresPrograms(needsOtherUser()), "bin"),
    password: readOrMakeSecret(dataDir, "postgres-password"),
    fsync,
  };
  if (existsSync(files.folder)) await endOrphan(files.folder);
  else await createCluster(files);
  for (let tried = 1; ; tried++) {
    try {
      return await launch(files, log, port ?? (await findFreePort()));
    } catch (error) {
      if (tried === START_TRIES_MAX) throw error;
      await sleep(START_PAUSE_MS);
    }
  }
}

async function launch(files: ClusterFiles, log: Logger, port: number): Promise<EmbeddedPostgres> {
  const command = [
    join(files.programs, "postgres"),
    "-D",
    folderAsServerSeesIt(files.folder),
    "-p",
    String(port),
  ];
  const options = serverSettings(files.fsync).flatMap((setting) => ["-c", setting]);
  const child = spawn("sh", ["-c", GUARD, "assay-postgres", ...command, ...options], {
    ...serverProcessOptions(files.folder),
    stdio: ["pipe", "ignore", "pipe"],
    // A Ctrl-C in the terminal is for Assay, which stops its server last.
    detached: true,
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stderr });
  output.on("line", (line) => {
    lines.push(line);
    if (lines.length > LOG_LINES_MAX) lines.shift();
    log.warn({ postgres: line }, "The embedded PostgreSQL says");
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
  const pid = await waitUntilReady(files.folder, child, ended);
  if (pid === undefined) {
    const message = `The embedded PostgreSQL does not start in ${files.folder}. It says: ${lines.join(" ")}`;
    throw new AppError("unavailable", message, { retry: true });
  }
  const url = `postgres://${ROLE}:${files.password}@127.0.0.1:${port}/${DATABASE}`;
  return { url, pid, ended, stop: () => stop(child, pid, ended) };
}

function serverSettings(fsync: boolean): string[] {
  return [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    `max_connections=${CONNECTIONS_MAX}`,
    "shared_buffers=32MB",
    "timezone=UTC",
    // A failed statement is the caller's to report; its text may hold an address and has no place in a log.
    "log_min_messages=fatal",
    "log_min_error_statement=panic",
    // After a kill, one call for the whole file system in place of one for each of a thousand files.
    ...(process.platform === "linux" ? ["recovery_init_sync_method=syncfs"] : []),
    ...(fsync ? [] : ["fsync=off", "full_page_writes=off"]),
  ];
}

/** The server's number once it takes connections; undefined when it ended before. */
async function waitUntilReady(
  folder: string,
  child: ChildProcess,
  ended: Promise<void>,
): Promise<number | undefined> {
  const hasEnded = ended.then(() => "ended");
  for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += POLL_MS) {
    const found = readPostmaster(folder);
    if (found?.isReady) return found.pid;
    if ((await Promise.race([hasEnded, sleep(POLL_MS)])) === "ended") return undefined;
  }
  child.stdin?.end();
  await ended;
  return undefined;
}

async function stop(child: ChildProcess, pid: number, ended: Promise<void>): Promise<void> {
  const timer = setTimeout(() => signalIfRunning(pid, "SIGQUIT"), STOP_MS_MAX);
  child.stdin?.end();
  await ended;
  clearTimeout(timer);
}

/** The server must be told its port, so the system is asked for a free one that is given back at once. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      assert(typeof address === "object" && address !== null);
      probe.close(() => resolve(address.port));
    });
  });
}

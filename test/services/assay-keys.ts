// Assay keys for tests, with what a gateway's snapshot holds of them.

import { randomUUID } from "node:crypto";
import { createAssayKey, hashAssayKey } from "../../schemas/assay-key.ts";
import { replaceSnapshotKeys, type SnapshotKey } from "../../schemas/identity-snapshot.ts";

export interface IssuedKey {
  /** What a client shows. */
  secret: string;
  key: SnapshotKey;
}

/** A person's key that is valid for ever, unless a test says something else. */
export function issueKey(said: Partial<SnapshotKey> = {}): IssuedKey {
  const secret = createAssayKey();
  const key: SnapshotKey = {
    key_id: randomUUID(),
    secret_sha256: hashAssayKey(secret),
    kind: "person",
    person_id: randomUUID(),
    team_id: null,
    workload_class: null,
    expires_at: null,
    revoked_at: null,
    ...said,
  };
  return { secret, key };
}

/** Lets the gateways of a data directory know exactly these keys, as Postgres had them at that time. */
export async function writeSnapshot(
  dataDir: string,
  keys: readonly SnapshotKey[],
  readAt: Date = new Date(),
): Promise<void> {
  const inOrder = keys.toSorted((left, right) => (left.secret_sha256 < right.secret_sha256 ? -1 : 1));
  await replaceSnapshotKeys(dataDir, { readAt, identityVersion: randomUUID() }, [inOrder]);
}

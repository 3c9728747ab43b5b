// Assay keys for tests, with what a gateway's snapshot holds of them.

import { randomUUID } from "node:crypto";
import { createAssayKey, hashAssayKey } from "../../schemas/assay-key.ts";
import {
  hashAddress,
  replaceSnapshotRows,
  type SnapshotKey,
  type SnapshotPerson,
} from "../../schemas/identity-snapshot.ts";

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

/** Somebody for whom a proxy may vouch. */
export function describePerson(email: string, said: Partial<SnapshotPerson> = {}): SnapshotPerson {
  return { email_sha256: hashAddress(email), person_id: randomUUID(), team_id: null, ...said };
}

export interface SnapshotParts {
  people?: readonly SnapshotPerson[];
  /** When Postgres was heard. */
  readAt?: Date;
}

/** Lets the gateways of a data directory know exactly these keys and people. */
export async function writeSnapshot(
  dataDir: string,
  keys: readonly SnapshotKey[],
  { people = [], readAt = new Date() }: SnapshotParts = {},
): Promise<void> {
  await replaceSnapshotRows(dataDir, {
    readAt,
    identityVersion: randomUUID(),
    keys: [keys.toSorted((left, right) => (left.secret_sha256 < right.secret_sha256 ? -1 : 1))],
    people: [people.toSorted((left, right) => (left.email_sha256 < right.email_sha256 ? -1 : 1))],
  });
}

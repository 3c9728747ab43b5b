// What a gateway knows of identities: every key that may be used, as a file in the data directory. The service process
// writes it whenever keys or people change and at least once a minute; gateways read it and never ask a store, so that
// they start and serve while Postgres is away.

import { z } from "zod";
import { WORKLOAD_CLASSES } from "./closed-lists.ts";

/** Its place below the data directory. */
export const SNAPSHOT_FILE = "identity-snapshot.json";

export const snapshotKeySchema = z.object({
  key_id: z.uuid(),
  /** SHA-256 of the key, hexadecimal. */
  secret_sha256: z.string().length(64),
  kind: z.enum(["person", "service"]),
  person_id: z.uuid().nullable(),
  team_id: z.uuid().nullable(),
  workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
});

export const identitySnapshotSchema = z.object({
  version: z.literal(1),
  /** When Postgres was last read, also when nothing had changed. */
  read_at: z.iso.datetime(),
  keys: z.array(snapshotKeySchema),
});

export type SnapshotKey = z.infer<typeof snapshotKeySchema>;
export type IdentitySnapshot = z.infer<typeof identitySnapshotSchema>;

// What a newcomer needs to see a first call, on the very first start: an owner, a way into the dashboard, and a key.

import { createKey } from "./dashboard/server/keys/keys.ts";
import { createLoginLink } from "./dashboard/server/access/login-links.ts";
import { createOwner } from "./dashboard/server/people/people.ts";
import type { PostgresStore } from "./schemas/postgres/open.ts";
import type { FirstSteps } from "./schemas/process-messages.ts";

/** Undefined where there is somebody already. */
export async function createFirstSteps(
  postgres: PostgresStore,
  { dashboardUrl, now }: { dashboardUrl: string; now: Date },
): Promise<FirstSteps | undefined> {
  const owner = await createOwner(postgres, now);
  if (!owner) return undefined;
  const { personId } = owner;
  const key = { kind: "person", name: "First key", workloadClass: null, expiresAt: null } as const;
  const { secret } = await createKey(postgres, { ...key, personId, actorId: null }, now);
  const signInLink = await createLoginLink(postgres, { personId, dashboardUrl, now });
  return { signInLink, key: secret };
}

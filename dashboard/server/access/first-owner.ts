// The first owner: of all owners the one who has been known the longest. Where the organisation has a sign-in service, one-time links
// are the way in for this one person, for the day on which that service is away or was set up wrongly.

import { asc, eq } from "drizzle-orm";
import { AppError } from "../../../schemas/app-error.ts";
import type { OidcConfig } from "../../../schemas/oidc-settings.ts";
import type { Database } from "../../../schemas/postgres/open.ts";
import { people } from "../../../schemas/postgres/tables.ts";

/** @throws AppError `forbidden` where somebody has to take the way over the sign-in service */
export async function requireLinkAllowed(
  database: Database,
  { personId, oidc }: { personId: string; oidc: OidcConfig | undefined },
): Promise<void> {
  if (oidc === undefined) return;
  const [firstOwner] = await database
    .select({ personId: people.personId, email: people.email })
    .from(people)
    .where(eq(people.role, "owner"))
    .orderBy(asc(people.createdAt), asc(people.personId))
    .limit(1);
  if (firstOwner?.personId === personId) return;
  const whose = firstOwner === undefined ? "" : `, ${firstOwner.email},`;
  throw new AppError(
    "forbidden",
    `People sign in with the organisation's sign-in service. One-time links are for the first owner${whose} alone.`,
  );
}

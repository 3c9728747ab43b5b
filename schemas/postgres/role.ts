// What the database says of the role that DATABASE_URL logs in. A superuser, and a role that may bypass row-level security, is
// held by no policy: the database then protects nothing that our own statements forgot.

import type { Pool } from "pg";
import { z } from "zod";

const roleFactsSchema = z.object({ role: z.string(), isSuperuser: z.boolean(), bypassesRls: z.boolean() });
export type RoleFacts = z.infer<typeof roleFactsSchema>;

const ROLE_FACTS = `SELECT rolname AS role, rolsuper AS "isSuperuser", rolbypassrls AS "bypassesRls"
  FROM pg_roles WHERE rolname = current_user`;

export async function readRoleFacts({ pool }: { pool: Pool }): Promise<RoleFacts> {
  const { rows } = await pool.query(ROLE_FACTS);
  const [facts] = z.tuple([roleFactsSchema]).parse(rows);
  return facts;
}

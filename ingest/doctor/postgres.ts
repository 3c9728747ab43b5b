// Postgres: reached, and with the tables of this version.

import { readdirSync } from "node:fs";
import { z } from "zod";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import { verifyChain } from "../../schemas/postgres/audit-chain.ts";
import { readRoleFacts, type RoleFacts } from "../../schemas/postgres/role.ts";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";
import { compareMigrations } from "./migrations.ts";

const MIGRATIONS_FOLDER = new URL("../../schemas/postgres/migrations", import.meta.url);
const countSchema = z.tuple([z.object({ applied: z.coerce.number() })]);

export async function checkPostgres({ postgres }: Deployment): Promise<Finding[]> {
  switch (postgres.state) {
    case "open":
      return [await examine(postgres.store), judgeRole(await readRoleFacts(postgres.store))];
    case "failed":
      return [
        fault(postgres.sentence, "Check DATABASE_URL, and that the server runs and lets this machine in."),
      ];
    case "closed":
      return [ok("It is embedded, and is looked at while Assay runs.")];
    default:
      return postgres satisfies never;
  }
}

/** Whether the database itself protects a person's rows from the role that Assay logs in as. */
export function judgeRole({ role, isSuperuser, bypassesRls }: RoleFacts): Finding {
  if (!isSuperuser && !bypassesRls)
    return ok(`Row-level security holds the role ${role} beneath the program's own checks.`);
  const sentence = `Row-level security does not hold the role ${role}, which ${isSuperuser ? "is a superuser" : "has BYPASSRLS"}.`;
  const remedy =
    "Give DATABASE_URL a role that owns its database and nothing else: CREATE ROLE … LOGIN NOSUPERUSER NOBYPASSRLS.";
  return warning(sentence, remedy);
}

/** Whether somebody has changed what the audit says. */
export async function checkAudit({ postgres }: Deployment): Promise<Finding[]> {
  if (postgres.state !== "open") return [ok("It is looked at where Postgres can be reached.")];
  const verdict = await verifyChain(postgres.store.db);
  if (verdict.isIntact) return [ok(`All ${verdict.entries} entries follow from one another.`)];
  const sentence = `Entry ${verdict.brokenAtId} of the audit does not follow from the ones before: it was changed, or one before it removed.`;
  const remedy =
    "Find out who could write to the database, and compare with a backup. Assay never changes an entry.";
  return [fault(sentence, remedy)];
}

async function examine({ pool }: PostgresStore): Promise<Finding> {
  const expected = readdirSync(MIGRATIONS_FOLDER).filter((file) => file.endsWith(".sql"));
  const name = "drizzle.__drizzle_migrations";
  const found = await pool.query(`SELECT to_regclass('${name}') IS NOT NULL AS "isThere"`);
  const [{ isThere }] = z.tuple([z.object({ isThere: z.boolean() })]).parse(found.rows);
  if (!isThere) return compareMigrations("Postgres", expected.toSorted(), 0);
  const { rows } = await pool.query(`SELECT count(*) AS applied FROM ${name}`);
  const [{ applied }] = countSchema.parse(rows);
  return compareMigrations("Postgres", expected.toSorted(), applied);
}

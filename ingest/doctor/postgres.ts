// Postgres: reached, and with the tables of this version.

import { readdirSync } from "node:fs";
import { z } from "zod";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import { fault, ok, type Deployment, type Finding } from "./finding.ts";
import { compareMigrations } from "./migrations.ts";

const MIGRATIONS_FOLDER = new URL("../../schemas/postgres/migrations", import.meta.url);
const countSchema = z.tuple([z.object({ applied: z.coerce.number() })]);

export async function checkPostgres({ postgres }: Deployment): Promise<Finding[]> {
  switch (postgres.state) {
    case "open":
      return [await examine(postgres.store)];
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

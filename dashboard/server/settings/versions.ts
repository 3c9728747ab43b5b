// The versions of settings, newest first, as those who may read them see them: everybody those of rules, the owner also those of people.

import { and, desc, eq, inArray, lt, max } from "drizzle-orm";
import { z } from "zod";
import type { Database, PostgresStore, Transactions } from "../../../schemas/postgres/open.ts";
import { settingVersions } from "../../../schemas/postgres/setting-tables.ts";
import type { SettingVersion } from "../../../schemas/postgres/setting-versions.ts";
import { people } from "../../../schemas/postgres/tables.ts";
import type { Versions } from "../../../schemas/settings-api.ts";
import { formatCursor, parseCursor } from "../http/cursor.ts";
import { describeVersion, nameThing } from "./version-words.ts";

const PAGE_VERSIONS = 50;
const cursorSchema = z.tuple([z.int()]);

export interface VersionsReading {
  /** The view of whoever asks. */
  store: Transactions;
  name?: string | undefined;
  cursor?: string | undefined;
}

/** @throws AppError `bad_request` for a cursor that we did not give */
export async function readVersions(
  postgres: PostgresStore,
  { store, name, cursor }: VersionsReading,
): Promise<Versions> {
  const below = cursor === undefined ? undefined : parseCursor(cursor, cursorSchema)[0];
  const { rows, newest } = await store.db.transaction(async (transaction) => {
    const found = await transaction
      .select()
      .from(settingVersions)
      .where(
        and(
          name === undefined ? undefined : eq(settingVersions.name, name),
          below === undefined ? undefined : lt(settingVersions.version, below),
        ),
      )
      .orderBy(desc(settingVersions.version))
      .limit(PAGE_VERSIONS + 1);
    return { rows: found, newest: await findNewestOf(transaction, found) };
  });
  const page = rows.slice(0, PAGE_VERSIONS);
  const names = await readAuthors(postgres, page);
  const versions = await Promise.all(
    page.map(async (row) => {
      const isNewest = newest.has(row.version);
      return { ...(await toView(postgres.db, row, names)), can_undo: isNewest && isUndoable(row) };
    }),
  );
  const last = page.at(-1);
  return { versions, next_cursor: rows.length > page.length && last ? formatCursor([last.version]) : null };
}

/** The one before it, of the same thing. */
export async function findBefore(
  database: Database,
  { name, version }: Pick<SettingVersion, "name" | "version">,
): Promise<SettingVersion | undefined> {
  const [before] = await database
    .select()
    .from(settingVersions)
    .where(and(eq(settingVersions.name, name), lt(settingVersions.version, version)))
    .orderBy(desc(settingVersions.version))
    .limit(1);
  return before;
}

async function findNewestOf(database: Database, rows: readonly SettingVersion[]): Promise<Set<number>> {
  if (rows.length === 0) return new Set();
  const found = await database
    .select({ version: max(settingVersions.version) })
    .from(settingVersions)
    .where(inArray(settingVersions.name, [...new Set(rows.map(({ name }) => name))]))
    .groupBy(settingVersions.name);
  return new Set(found.flatMap(({ version }) => version ?? []));
}

const addedSchema = z.object({ before: z.null() });

/** Who and which team was added stays, and a schedule that has ended; what else was set can be taken back. */
function isUndoable({ name, value }: SettingVersion): boolean {
  const isAdded = addedSchema.safeParse(value).success;
  if (name.startsWith("service_schedule:")) return isAdded;
  return !(isAdded && (name.startsWith("person:") || name.startsWith("team:")));
}

async function readAuthors({ db }: PostgresStore, rows: readonly SettingVersion[]) {
  const ids = [...new Set(rows.flatMap(({ changedBy }) => changedBy ?? []))];
  if (ids.length === 0) return new Map<string, string>();
  const { personId, name } = people;
  const found = await db.select({ personId, name }).from(people).where(inArray(personId, ids));
  return new Map(found.map((person) => [person.personId, person.name]));
}

async function toView(database: Database, row: SettingVersion, names: ReadonlyMap<string, string>) {
  const before = await findBefore(database, row);
  const { version, name, changedAt, changedBy, reason, undoes } = row;
  return {
    version,
    name,
    subject: nameThing(name, row.value),
    changed_at: changedAt.toISOString(),
    changed_by: names.get(changedBy ?? "") ?? "Somebody who was erased",
    reason,
    lines: describeVersion(name, { value: row.value, before: before?.value ?? null }),
    undoes,
  };
}

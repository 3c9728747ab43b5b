// Templates: texts that the organisation itself hands out, such as a command of a team, a prompt of its wiki, a runbook. What people send of
// them is no evidence of replay.
//
// Always holds: a template never changes; who wants another text removes it and adds that one. Adding and removing stand in the audit,
// in the same transaction.

import { asc, count, eq } from "drizzle-orm";
import { AppError } from "../app-error.ts";
import { appendAudit } from "./audit.ts";
import type { Database, Transactions } from "./open.ts";
import { templates } from "./pattern-tables.ts";

/** Each is compared with every prompt of a week. */
export const TEMPLATES_MAX = 200;
export const TEMPLATE_BYTES_MAX = 100_000;

export type Template = typeof templates.$inferSelect;

/** By name. */
export async function listTemplates(database: Database): Promise<Template[]> {
  return database.select().from(templates).orderBy(asc(templates.name)).limit(TEMPLATES_MAX);
}

/** @throws AppError `conflict` when there is one of that name, or there are as many as there may be */
export async function addTemplate(
  { db }: Transactions,
  { name, body }: Pick<Template, "name" | "body">,
  now: Date,
): Promise<void> {
  await db.transaction(async (transaction) => {
    const audited = { action: "template_added", actorId: null, subjectId: null, payload: { name } } as const;
    // Who appends to the audit waits for those before, so that two that add the last one come one after the other.
    await appendAudit(transaction, now, audited);
    const [held] = await transaction.select({ templates: count() }).from(templates);
    if (held !== undefined && held.templates >= TEMPLATES_MAX)
      throw new AppError("conflict", `There are ${TEMPLATES_MAX} templates, the most. Remove one first.`);
    const added = await transaction
      .insert(templates)
      .values({ name, body, createdAt: now })
      .onConflictDoNothing()
      .returning({ name: templates.name });
    if (added.length === 0)
      throw new AppError("conflict", `There is a template "${name}". Remove it first, or take another name.`);
  });
}

/** @throws AppError `not_found` */
export async function removeTemplate({ db }: Transactions, name: string, now: Date): Promise<void> {
  await db.transaction(async (transaction) => {
    const removed = await transaction.delete(templates).where(eq(templates.name, name)).returning();
    if (removed.length === 0)
      throw new AppError("not_found", `There is no template "${name}". Names: npx assay templates list`);
    const audited = {
      action: "template_removed",
      actorId: null,
      subjectId: null,
      payload: { name },
    } as const;
    await appendAudit(transaction, now, audited);
  });
}

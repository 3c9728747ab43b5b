// `assay explain run | pattern ID`: what a number was made of, in words or as JSON.
//
// Always holds: nothing about a person is told before it stands in that person's audit that an operator asked.

import { eq } from "drizzle-orm";
import { AppError } from "../../schemas/app-error.ts";
import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { appendAudit } from "../../schemas/postgres/audit.ts";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { NOBODY } from "../queries/call-facts.ts";
import { explainPattern } from "../explain/explain-pattern.ts";
import { explainRun } from "../explain/explain-run.ts";
import { tellPattern, tellRun } from "../explain/words.ts";

export const explainRunCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "explain run",
  summary: "Say what a run's numbers were made of; it stands in its person's audit",
  usage: "ID [--person EMAIL]",
  options: { person: { type: "string", help: "whose run it is, where several have one of this id" } },
  async run({ positionals, values }, io, { clickhouse, postgres }, config) {
    const [runId, ...more] = positionals;
    if (runId === undefined || more.length > 0)
      return refuseUsage(io, "Name one run: npx assay explain run ID");
    const { person } = values;
    const personId = typeof person === "string" ? await findPersonId(postgres, person) : undefined;
    const explanation = await explainRun({ clickhouse, config, runId, personId, now: io.now() });
    await noteLook(postgres, io.now(), { action: "run_explained", of: explanation.person_id, id: runId });
    io.stdout.write(values["json"] === true ? `${JSON.stringify(explanation)}\n` : tellRun(explanation));
    return EXIT.done;
  },
});

export const explainPatternCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "explain pattern",
  summary: "Say what a pattern was made of, and what would change it; it stands in its person's audit",
  usage: "ID",
  options: {},
  async run({ positionals, values }, io, stores, config) {
    const [patternId, ...more] = positionals;
    if (patternId === undefined || more.length > 0)
      return refuseUsage(io, "Name one pattern: npx assay explain pattern ID");
    const explanation = await explainPattern({ stores, config, patternId, now: io.now() });
    const look = { action: "pattern_explained", of: explanation.person_id, id: patternId } as const;
    await noteLook(stores.postgres, io.now(), look);
    io.stdout.write(values["json"] === true ? `${JSON.stringify(explanation)}\n` : tellPattern(explanation));
    return EXIT.done;
  },
});

interface Look {
  action: "run_explained" | "pattern_explained";
  /** A person. */
  of: string;
  /** What was looked at. */
  id: string;
}

async function noteLook({ db }: PostgresStore, now: Date, { action, of, id }: Look): Promise<void> {
  if (of === NOBODY) return;
  const entry = { action, actorId: null, subjectId: of, payload: { id } } as const;
  await db.transaction((transaction) => appendAudit(transaction, now, entry));
}

async function findPersonId({ db }: PostgresStore, email: string): Promise<string> {
  const [found] = await db
    .select({ personId: people.personId })
    .from(people)
    .where(eq(people.email, email.toLowerCase()));
  if (found !== undefined) return found.personId;
  throw new AppError("not_found", `There is no person ${email}.`);
}

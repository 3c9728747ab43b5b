// Who has looked at a person's patterns: the entries of the audit that tell of it, for that person.
//
// Always holds: an export, which takes along everything that there is by then, counts as a look at each pattern that its person knew of.

import { and, asc, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import type { OwnPattern } from "../../../schemas/pattern-api.ts";
import type { Transaction } from "../../../schemas/postgres/open.ts";
import type { PatternRow } from "../../../schemas/postgres/patterns.ts";
import { actAsSystem } from "../../../schemas/postgres/scope.ts";
import { audit, people } from "../../../schemas/postgres/tables.ts";

type Look = OwnPattern["looks"][number];

const LOOKS = new Map<string, Look["what"]>([
  ["pattern_listed", "listed"],
  ["pattern_viewed", "opened"],
  ["pattern_explained", "explained"],
  ["patterns_exported", "exported"],
]);
/** Of all of a person's patterns; what is older stands in the audit. */
const LOOKS_MAX = 1000;
/** The command line writes `id`. */
const payloadSchema = z.object({ pattern_id: z.string().optional(), id: z.string().optional() });

/** By the id of the pattern, earliest first. */
export async function listLooks(
  transaction: Transaction,
  rows: readonly Pick<PatternRow, "patternId" | "notifiedAt">[],
  subjectId: string,
): Promise<ReadonlyMap<string, Look[]>> {
  const isLook = and(eq(audit.subjectId, subjectId), inArray(audit.action, [...LOOKS.keys()]));
  const entries = await transaction
    .select()
    .from(audit)
    .where(isLook)
    .orderBy(asc(audit.auditId))
    .limit(LOOKS_MAX);
  const actors = entries.flatMap(({ actorId }) => actorId ?? []);
  // That somebody looked, the person may know by name, whoever it was.
  const names = await actAsSystem(transaction, () =>
    transaction.select().from(people).where(inArray(people.personId, actors)),
  );
  const nameOf = new Map(names.map(({ personId, name }) => [personId, name]));
  return new Map(
    rows.map(({ patternId, notifiedAt }) => {
      const own = entries.filter(({ action, payload, at }) => {
        if (action === "patterns_exported") return notifiedAt !== null && at >= notifiedAt;
        const said = payloadSchema.safeParse(payload).data;
        return (said?.pattern_id ?? said?.id) === patternId;
      });
      return [patternId, own.map((entry) => toLook(entry, nameOf))];
    }),
  );
}

function toLook(
  { at, action, actorId }: Pick<typeof audit.$inferSelect, "at" | "action" | "actorId">,
  names: ReadonlyMap<string, string>,
): Look {
  const name = actorId === null ? null : (names.get(actorId) ?? null);
  return { at: at.toISOString(), what: LOOKS.get(action) ?? "opened", name };
}

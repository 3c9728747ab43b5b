// POST /api/v1/outcomes: outcomes that the holder of an Assay key tells of, in plain names (told-outcomes.ts). A person tells of their
// own alone, ratings of their runs among them, and one's own word has low trust; a service tells of anybody's.

import { Hono, type Context } from "hono";
import { limitBody, requireJson } from "./body.ts";
import { findPeople } from "./facts.ts";
import { TOLD_BODY_BYTES_MAX } from "./generic.ts";
import { refuse, type IntakeEnv, type IntakeParts } from "./intake-parts.ts";
import { createRateLimit } from "./rate-limit.ts";
import { requireKey } from "./require-key.ts";
import { answer } from "./take-delivery.ts";
import { readTold, toOutcome, type Teller, type ToldItem } from "./told-outcomes.ts";

export const REPORTS_A_MINUTE_MAX = { person: 60, service: 600 } as const;

export function createReportRoutes(parts: IntakeParts): Hono<IntakeEnv> {
  const { writer, now } = parts;
  const limit = createRateLimit();
  const routes = new Hono<IntakeEnv>();
  const limits = limitBody(TOLD_BODY_BYTES_MAX);
  routes.post("/", requireJson, requireKey(parts), limits, async function takeReport(context) {
    const { keyId, personId } = context.var.caller;
    const requestsMax = REPORTS_A_MINUTE_MAX[personId === null ? "service" : "person"];
    if (limit.isExceeded(keyId, requestsMax, now())) throw refuse(context, "too_many");
    const outcomes = readTold(context, await context.req.text(), parts);
    const teller = await findTeller(context, parts, outcomes);
    await writer.write(outcomes.map((told) => toOutcome(told, teller)));
    return answer(context, { result: "accepted", outcomes: outcomes.length });
  });
  return routes;
}

async function findTeller(
  context: Context<IntakeEnv>,
  { postgres, hashes, config, now }: IntakeParts,
  outcomes: readonly ToldItem[],
): Promise<Teller> {
  const { personId } = context.var.caller;
  const { survivalDays } = config.method.outcomes;
  const people = await findPeople(
    postgres.db,
    outcomes.flatMap((told) => told.person_email ?? []),
  );
  const named = (told: ToldItem): string | null => people.get(told.person_email?.toLowerCase() ?? "") ?? null;
  const teller = { hashes, survivalDays, now: now() };
  if (personId === null) return { ...teller, prefix: "api", personOf: named };
  const isOthers = outcomes.some((told) => told.person_email !== undefined && named(told) !== personId);
  if (isOthers) throw refuse(context, "not_own");
  const prefix = `self:${hashes.other("person", personId)}`;
  return { ...teller, prefix, source: "self", personOf: () => personId };
}

// One delivery of a webhook, from the moment that its sender is known to be the right one:
//
//   in a transaction   was it here before? → outcomes, with what earlier deliveries told → durable → remember it
//   then               answer
//
// Always holds: outcomes are durable before the delivery is remembered, and the delivery is remembered before it is answered. What
// breaks in between makes the sender send it again, and the outcomes that are written again have the same ids. Deliveries of one
// subject come one after the other, whichever process they reach.

import { hash } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import type { Outcome } from "../../schemas/outcome.ts";
import { forgetExpired, openFacts, type Facts } from "./facts.ts";
import { refuse, type DeliveryResult, type IntakeEnv, type IntakeParts } from "./intake-parts.ts";

const DAY_MS = 86_400_000;
/** GitHub sends a delivery again for three days, when somebody asks it to. What is older is somebody else's doing. */
export const DELIVERY_AGE_MS_MAX = 4 * DAY_MS;
/** Longer than that, so that what is young enough to be taken is known if it was. */
const DELIVERY_KEPT_MS = 2 * DELIVERY_AGE_MS_MAX;
/** Any number, the same in every process of this product and used for nothing else. */
const INTAKE_LOCK = 4_101_020;

export interface Delivery {
  /** The signed content, or what identifies it: two deliveries with the same are one. */
  content: string;
  /** What the sender calls it. When it sends one again, that stays the same; a stranger who has got hold of one has to make up another. */
  id: string;
  /** When what it tells of happened, where what is signed has no time of its own. */
  at: Date | undefined;
  /** Whose deliveries must not overtake each other. */
  subject: string;
}

export interface Answer {
  result: DeliveryResult;
  outcomes: number;
}

/** @throws AppError refusing what is too old, or was copied */
export async function takeDelivery(
  context: Context<IntakeEnv>,
  { postgres, writer, hashes, config, now }: IntakeParts,
  { delivery, toOutcomes }: { delivery: Delivery; toOutcomes: (facts: Facts) => Promise<readonly Outcome[]> },
): Promise<Response> {
  const at = now();
  if (delivery.at !== undefined && at.getTime() - delivery.at.getTime() > DELIVERY_AGE_MS_MAX)
    throw refuse(context, "replayed");
  const subject = hashes.other("delivery", hash("sha256", delivery.content));
  const detail = hashes.other("delivery id", delivery.id);
  const taken = await postgres.db.transaction(async (transaction): Promise<Answer> => {
    await transaction.execute(
      sql`SELECT pg_advisory_xact_lock(${INTAKE_LOCK}, hashtext(${delivery.subject}))`,
    );
    const deliveries = openFacts(transaction, { now: at, keptMs: DELIVERY_KEPT_MS });
    const [known] = await deliveries.find("delivery", [subject]);
    if (known !== undefined && known.detail !== detail) throw refuse(context, "replayed");
    if (known !== undefined) return { result: "duplicate", outcomes: 0 };
    await forgetExpired(transaction, at);
    const keptMs = config.retentionDays.events * DAY_MS;
    const outcomes = await toOutcomes(openFacts(transaction, { now: at, keptMs }));
    await writer.write(outcomes);
    await deliveries.keep([{ fact: "delivery", subject, detail, value: null, at }]);
    return { result: "accepted", outcomes: outcomes.length };
  });
  return answer(context, taken);
}

export function answer(context: Context<IntakeEnv>, { result, outcomes }: Answer): Response {
  context.set("result", result);
  return context.json({ result, outcomes });
}

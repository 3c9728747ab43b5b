// What GitHub's and GitLab's webhooks have in common once the sender is known: what the payload tells is taken as one delivery.

import type { Context } from "hono";
import type { Reading } from "./forge-event.ts";
import { toForgeOutcomes } from "./forge-outcomes.ts";
import { refuse, type IntakeEnv, type IntakeParts } from "./intake-parts.ts";
import { answer, takeDelivery, type Delivery } from "./take-delivery.ts";

/** GitHub sends 25 MB at the most; a push with so many commits tells nothing that files of it would not. */
export const FORGE_BODY_BYTES_MAX = 8 * 1024 * 1024;

export async function takeForgeDelivery(
  context: Context<IntakeEnv>,
  parts: IntakeParts,
  { reading, ...said }: { reading: Reading } & Pick<Delivery, "content" | "id">,
): Promise<Response> {
  if (reading === "malformed") throw refuse(context, "malformed");
  if (typeof reading === "string") return answer(context, { result: reading, outcomes: 0 });
  const { hashes, config } = parts;
  const { source, repository, event } = reading;
  const { survivalDays } = config.method.outcomes;
  const subject = `${source} ${hashes.repository(repository)}`;
  return takeDelivery(context, parts, {
    delivery: { ...said, at: event.at, subject },
    toOutcomes: (facts) => toForgeOutcomes(reading, { facts, hashes, survivalDays, now: parts.now() }),
  });
}

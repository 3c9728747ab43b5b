// POST /webhooks/generic: outcomes of any other system, told of in plain names (told-outcomes.ts) and signed as Standard Webhooks are,
// with ASSAY_WEBHOOK_SECRET.

import { Hono } from "hono";
import { createClosedRoutes, limitBody, requireJson } from "./body.ts";
import { refuse, type IntakeEnv, type IntakeParts } from "./intake-parts.ts";
import { createRateLimit } from "./rate-limit.ts";
import { checkSignature } from "./standard-webhook.ts";
import { takeDelivery } from "./take-delivery.ts";
import { readTold, toOutcome } from "./told-outcomes.ts";

export const TOLD_BODY_BYTES_MAX = 1024 * 1024;
/** Of all senders together: they have one secret. */
export const DELIVERIES_A_MINUTE_MAX = 600;

export function createGenericRoutes(parts: IntakeParts): Hono<IntakeEnv> {
  const { config, hashes, now } = parts;
  const secret = config.webhookSecrets.generic;
  if (secret === undefined) return createClosedRoutes();
  const limit = createRateLimit();
  const routes = new Hono<IntakeEnv>();
  routes.post("/", requireJson, limitBody(TOLD_BODY_BYTES_MAX), async function takeGeneric(context) {
    const header = (name: string): string => context.req.header(name) ?? "";
    const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
    const body = await context.req.text();
    const message = { id: id ?? "", timestamp: timestamp ?? "", signature: signature ?? "", body };
    const judgement = checkSignature(secret, message, now());
    if (judgement !== "valid") throw refuse(context, judgement === "forged" ? "forged" : "replayed");
    if (limit.isExceeded("generic", DELIVERIES_A_MINUTE_MAX, now())) throw refuse(context, "too_many");
    const outcomes = readTold(context, body, parts);
    return takeDelivery(context, parts, {
      // A message that is sent again has the same id, another time, and so another signature.
      delivery: { content: `generic\n${message.id}`, id: message.id, at: undefined, subject: message.id },
      async toOutcomes(facts) {
        const people = await facts.findPeople(outcomes.flatMap((told) => told.person_email ?? []));
        return outcomes.map((told) =>
          toOutcome(told, {
            hashes,
            survivalDays: config.method.outcomes.survivalDays,
            now: now(),
            prefix: "webhook",
            personOf: ({ person_email: email }) => people.get(email?.toLowerCase() ?? "") ?? null,
          }),
        );
      },
    });
  });
  return routes;
}

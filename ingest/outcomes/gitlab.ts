// POST /webhooks/gitlab: GitLab's webhooks, known by ASSAY_GITLAB_WEBHOOK_SECRET, which is a signing token (GitLab 19 and later: `whsec_…`)
// or the secret token that is sent as it is (X-Gitlab-Token).
//
// A delivery that is signed is judged by its signature alone. GitLab sends the id and the time also with those that are not.

import { Hono, type Context } from "hono";
import { createClosedRoutes, limitBody, parseJson, requireJson } from "./body.ts";
import { FORGE_BODY_BYTES_MAX, takeForgeDelivery } from "./forge-delivery.ts";
import { readGitlabEvent } from "./gitlab-events.ts";
import { refuse, type IntakeEnv, type IntakeParts } from "./intake-parts.ts";
import { checkSignature, isSame } from "./standard-webhook.ts";

export function createGitlabRoutes(parts: IntakeParts): Hono<IntakeEnv> {
  const secret = parts.config.webhookSecrets.gitlab;
  if (secret === undefined) return createClosedRoutes();
  const routes = new Hono<IntakeEnv>();
  routes.post("/", requireJson, limitBody(FORGE_BODY_BYTES_MAX), async function takeGitlab(context) {
    const body = await context.req.text();
    checkSender(context, { secret, body, now: parts.now() });
    const header = (name: string): string => context.req.header(name) ?? "";
    return takeForgeDelivery(context, parts, {
      content: `gitlab\n${body}`,
      // Older versions have the second, and before that there was none.
      id: header("idempotency-key") || header("x-gitlab-event-uuid"),
      reading: readGitlabEvent(parseJson(context, body)),
    });
  });
  return routes;
}

function checkSender(
  context: Context<IntakeEnv>,
  { secret, body, now }: { secret: string; body: string; now: Date },
): void {
  const header = (name: string): string => context.req.header(name) ?? "";
  const signature = header("webhook-signature");
  if (signature === "") {
    const isKnown = isSame(Buffer.from(header("x-gitlab-token")), Buffer.from(secret));
    if (!isKnown) throw refuse(context, "forged");
    return;
  }
  const message = { id: header("webhook-id"), timestamp: header("webhook-timestamp"), signature, body };
  const judgement = checkSignature(secret, message, now);
  if (judgement !== "valid") throw refuse(context, judgement === "forged" ? "forged" : "replayed");
}

// POST /webhooks/github: GitHub's webhooks, signed with ASSAY_GITHUB_WEBHOOK_SECRET (X-Hub-Signature-256).
//
// The signature covers the body alone: neither a time nor the delivery's id. So what a body tells of may not be older than GitHub would
// send it again, and a body that comes under another id than before was copied.

import { verify } from "@octokit/webhooks-methods";
import { Hono } from "hono";
import { createClosedRoutes, limitBody, parseJson, requireJson } from "./body.ts";
import { FORGE_BODY_BYTES_MAX, takeForgeDelivery } from "./forge-delivery.ts";
import { readGithubEvent } from "./github-events.ts";
import { refuse, type IntakeEnv, type IntakeParts } from "./intake-parts.ts";

export function createGithubRoutes(parts: IntakeParts): Hono<IntakeEnv> {
  const secret = parts.config.webhookSecrets.github;
  if (secret === undefined) return createClosedRoutes();
  const routes = new Hono<IntakeEnv>();
  routes.post("/", requireJson, limitBody(FORGE_BODY_BYTES_MAX), async function takeGithub(context) {
    const header = (name: string): string => context.req.header(name) ?? "";
    const body = await context.req.text();
    const signature = header("x-hub-signature-256");
    if (body === "" || signature === "" || !(await verify(secret, body, signature)))
      throw refuse(context, "forged");
    return takeForgeDelivery(context, parts, {
      content: `github\n${body}`,
      id: header("x-github-delivery"),
      reading: readGithubEvent(header("x-github-event"), parseJson(context, body)),
    });
  });
  return routes;
}

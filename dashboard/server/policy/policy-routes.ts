// The policy: everybody who has signed in reads it, the owner publishes it.

import { newPolicySchema, policyStateSchema } from "../../../schemas/pattern-api.ts";
import { publishPolicy } from "../../../schemas/postgres/policies.ts";
import { defineRoute } from "../http/route.ts";
import { readPolicyState } from "./policy.ts";

export const policyRoutes = [
  defineRoute({
    method: "GET",
    path: "/policy",
    summary: "What people were told of scoring, and from when on individuals are scored",
    access: "signed_in",
    answer: policyStateSchema,
    handle: ({ dashboard: { stores, config } }) => readPolicyState(stores.postgres, config),
  }),
  defineRoute({
    method: "POST",
    path: "/policy",
    summary: "Publishes the policy",
    access: "owner",
    body: newPolicySchema,
    answer: policyStateSchema,
    status: 201,
    async handle({ who: { session }, body, dashboard: { stores, config }, now }) {
      const policy = { body: body.text, methodVersion: config.method.version, actorId: session.personId };
      await publishPolicy(stores.postgres, policy, now);
      return readPolicyState(stores.postgres, config);
    },
  }),
];

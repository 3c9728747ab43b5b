// A person's personal access tokens: listed, made, revoked. By a browser alone: a token that leaked could otherwise make itself
// successors.

import { z } from "zod";
import {
  accessTokensSchema,
  createdAccessTokenSchema,
  newAccessTokenSchema,
} from "../../../schemas/access-api.ts";
import { defineRoute } from "../http/route.ts";
import { createAccessToken, listAccessTokens, noSuchToken, revokeAccessToken } from "./access-tokens.ts";

const TOKENS = "/people/:personId/tokens";
const tokenIdSchema = z.uuid();

export const accessTokenRoutes = [
  defineRoute({
    method: "GET",
    path: TOKENS,
    summary: "A person's personal access tokens",
    access: "subject",
    answer: accessTokensSchema,
    handle: ({ who: { store, subjectId: personId }, now }) =>
      store.db.transaction(async (transaction) => ({
        tokens: await listAccessTokens(transaction, { personId, now }),
      })),
  }),
  defineRoute({
    method: "POST",
    path: TOKENS,
    summary: "Makes a personal access token; its secret is in this answer alone",
    access: "subject",
    body: newAccessTokenSchema,
    answer: createdAccessTokenSchema,
    status: 201,
    handle: ({ who: { store, subjectId: personId }, body, now }) =>
      createAccessToken(store, { personId, ...body }, now),
  }),
  defineRoute({
    method: "DELETE",
    path: `${TOKENS}/:tokenId`,
    summary: "Revokes a personal access token for good",
    access: "subject",
    async handle({ who: { store, subjectId: personId }, params, now }) {
      const tokenId = tokenIdSchema.safeParse(params["tokenId"]);
      if (!tokenId.success) throw noSuchToken();
      await revokeAccessToken(store, { personId, tokenId: tokenId.data }, now);
    },
  }),
];

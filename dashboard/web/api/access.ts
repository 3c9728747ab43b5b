// How people and their programs get in: ways to sign in, sessions, personal access tokens.

import type { z } from "zod";
import {
  accessTokensSchema,
  createdAccessTokenSchema,
  type newAccessTokenSchema,
  sessionsSchema,
  signInMethodsSchema,
} from "../../../schemas/access-api.ts";
import { type Api, path } from "./client.ts";

export type NewAccessToken = z.input<typeof newAccessTokenSchema>;

export const readSignInMethods = (api: Api) => api.get(path`/sign-in-methods`, signInMethodsSchema);

export const readSessions = (api: Api, personId: string) =>
  api.get(path`/people/${personId}/sessions`, sessionsSchema);

export const endSession = (api: Api, personId: string, sessionId: string) =>
  api.tell("DELETE", path`/people/${personId}/sessions/${sessionId}`);

export const endOtherSessions = (api: Api, personId: string) =>
  api.tell("DELETE", path`/people/${personId}/sessions`);

export const readAccessTokens = (api: Api, personId: string) =>
  api.get(path`/people/${personId}/tokens`, accessTokensSchema);

export const createAccessToken = (api: Api, personId: string, token: NewAccessToken) =>
  api.send("POST", path`/people/${personId}/tokens`, token, createdAccessTokenSchema);

export const revokeAccessToken = (api: Api, personId: string, tokenId: string) =>
  api.tell("DELETE", path`/people/${personId}/tokens/${tokenId}`);

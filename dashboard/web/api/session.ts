// Who is signed in; signing in and out.

import { meSchema } from "../../../schemas/dashboard-api.ts";
import { type Api, path } from "./client.ts";

export const readMe = (api: Api) => api.get(path`/me`, meSchema);

/** @param token out of a one-time link */
export const signIn = (api: Api, token: string) => api.tell("POST", path`/sign-in`, { token });

export const signOut = (api: Api) => api.tell("DELETE", path`/sessions/current`);

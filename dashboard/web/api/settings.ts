// What is set, what a change would do, and the change itself.

import { policyStateSchema } from "../../../schemas/pattern-api.ts";
import {
  type Change,
  effectSchema,
  madeChangeSchema,
  peoplePageSchema,
  settingsSchema,
  versionsSchema,
} from "../../../schemas/settings-api.ts";
import { type Api, path, withQuery } from "./client.ts";

/** The switch of individual scoring has a door of its own, because the officer has it too. */
export type AnyChange = Change | { subject: "individual_scoring"; is_off: boolean };

export interface Saving {
  change: AnyChange;
  reason: string;
  seenVersion: number;
}

export const readSettings = (api: Api) => api.get(path`/settings`, settingsSchema);

export const previewChange = (api: Api, change: AnyChange) =>
  change.subject === "individual_scoring"
    ? api.send("POST", path`/settings/individual-scoring/preview`, { is_off: change.is_off }, effectSchema)
    : api.send("POST", path`/settings/preview`, { change }, effectSchema);

export const saveChange = (api: Api, { change, reason, seenVersion: seen_version }: Saving) =>
  change.subject === "individual_scoring"
    ? api.send(
        "POST",
        path`/settings/individual-scoring`,
        { is_off: change.is_off, reason, seen_version },
        madeChangeSchema,
      )
    : api.send("POST", path`/settings/changes`, { change, reason, seen_version }, madeChangeSchema);

export const readVersions = (api: Api, asked: { name?: string; cursor?: string | undefined }) =>
  api.get(withQuery(path`/settings/versions`, asked), versionsSchema);

export const undoVersion = (api: Api, version: number, reason: string) =>
  api.send("POST", path`/settings/versions/${String(version)}/undo`, { reason }, madeChangeSchema);

export const readPeople = (api: Api, asked: { filter?: string; cursor?: string | undefined }) =>
  api.get(withQuery(path`/settings/people`, asked), peoplePageSchema);

export const readPolicy = (api: Api) => api.get(path`/policy`, policyStateSchema);

export const publishPolicy = (api: Api, text: string) =>
  api.send("POST", path`/policy`, { text }, policyStateSchema);

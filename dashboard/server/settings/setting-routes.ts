// Settings: everybody sees what is set, the owner changes it, and the switch of individual scoring is the officer's too.

import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import {
  effectSchema,
  madeChangeSchema,
  newChangeSchema,
  peoplePageSchema,
  peopleQuerySchema,
  previewSchema,
  scoringChangeSchema,
  scoringPreviewSchema,
  settingsSchema,
  undoSchema,
  versionsQuerySchema,
  versionsSchema,
} from "../../../schemas/settings-api.ts";
import { defineRoute, type Asked } from "../http/route.ts";
import { writeIdentitySnapshot } from "../people/identity-snapshot.ts";
import { makeChange, planChange, previewChange, undoChange } from "./changes.ts";
import { listPeople } from "./people-list.ts";
import { planScoring } from "./plan-rules.ts";
import type { ChangeContext } from "./planned-change.ts";
import { readSettings } from "./read-settings.ts";
import { readVersions } from "./versions.ts";

type AskedToChange = Asked<"owner" | "governor", unknown, unknown>;

function toContext({ who, dashboard: { stores, config }, now }: AskedToChange): ChangeContext {
  return { stores, config, organisation: who.organisation, now };
}

/** A person's team and address stand in what gateways know. */
async function publish({ dashboard: { stores, config, now } }: AskedToChange): Promise<void> {
  await writeIdentitySnapshot({ postgres: stores.postgres, dataDir: config.dataDir, now });
}

export const settingRoutes = [
  defineRoute({
    method: "GET",
    path: "/settings",
    summary: "What is set, where each value comes from, and which version it is",
    access: "signed_in",
    answer: settingsSchema,
    handle: ({ who: { session }, dashboard }) => readSettings(dashboard, session),
  }),
  defineRoute({
    method: "POST",
    path: "/settings/preview",
    summary: "What a change would do, before it is made",
    access: "owner",
    body: previewSchema,
    answer: effectSchema,
    handle(asked) {
      const context = toContext(asked);
      return previewChange(context, planChange(context, asked.body.change));
    },
  }),
  defineRoute({
    method: "POST",
    path: "/settings/changes",
    summary: "Makes a change, with its reason; refused when somebody else made one meanwhile",
    access: "owner",
    body: newChangeSchema,
    answer: madeChangeSchema,
    status: 201,
    async handle(asked) {
      const { change, reason, seen_version: seenVersion } = asked.body;
      const context = toContext(asked);
      const author = { actorId: asked.who.session.personId, reason, seenVersion };
      const version = await makeChange(context, planChange(context, change), author);
      await publish(asked);
      return { version };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/settings/versions",
    summary: "Versions of settings, newest first; those of people for the owner alone",
    access: "signed_in",
    query: versionsQuerySchema,
    answer: versionsSchema,
    handle({ who: { session, store }, query, dashboard: { stores } }) {
      const isOwner = session.role === "owner";
      return readVersions(stores.postgres, { ...query, store: isOwner ? stores.postgres : store });
    },
  }),
  defineRoute({
    method: "POST",
    path: "/settings/versions/:version/undo",
    summary: "Takes the newest version of a thing back, which is another version",
    access: "owner",
    body: undoSchema,
    answer: madeChangeSchema,
    status: 201,
    async handle(asked) {
      const author = { actorId: asked.who.session.personId, reason: asked.body.reason };
      const version = await undoChange(toContext(asked), parseVersion(asked.params), author);
      await publish(asked);
      return { version };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/settings/people",
    summary: "Who there is, by name",
    access: "owner",
    query: peopleQuerySchema,
    answer: peoplePageSchema,
    handle: ({ query, dashboard: { stores } }) => listPeople(stores.postgres, query),
  }),
  defineRoute({
    method: "POST",
    path: "/settings/individual-scoring/preview",
    summary: "What switching individual scoring off, or on again, would do",
    access: "governor",
    body: scoringPreviewSchema,
    answer: effectSchema,
    handle(asked) {
      const context = toContext(asked);
      return previewChange(context, planScoring(context, asked.body.is_off));
    },
  }),
  defineRoute({
    method: "POST",
    path: "/settings/individual-scoring",
    summary: "Switches individual scoring off, or on again as the operator has it",
    access: "governor",
    body: scoringChangeSchema,
    answer: madeChangeSchema,
    status: 201,
    async handle(asked) {
      const { is_off: isOff, reason, seen_version: seenVersion } = asked.body;
      const context = toContext(asked);
      const author = { actorId: asked.who.session.personId, reason, seenVersion };
      return { version: await makeChange(context, planScoring(context, isOff), author) };
    },
  }),
];

function parseVersion(params: Readonly<Record<string, string>>): number {
  const version = z.coerce.number().int().positive().safeParse(params["version"]);
  if (!version.success) throw new AppError("not_found", "There is no such version.");
  return version.data;
}

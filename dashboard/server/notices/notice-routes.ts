// A person's notices, and how they want to be told.

import {
  noticePreferenceSchema,
  noticePreferencesSchema,
  noticesSchema,
  readNoticesSchema,
} from "../../../schemas/notice-api.ts";
import type { Grants } from "../access/scope.ts";
import type { Dashboard } from "../dashboard.ts";
import { defineRoute } from "../http/route.ts";
import { listNotices, markRead, readPreferences, setPreference, type Told } from "./notices.ts";

export const noticeRoutes = [
  defineRoute({
    method: "GET",
    path: "/people/:personId/notices",
    summary: "What a person was told, newest first",
    access: "subject",
    token: "read",
    answer: noticesSchema,
    handle: ({ who: { store, subjectId } }) => listNotices(store, subjectId),
  }),
  defineRoute({
    method: "POST",
    path: "/people/:personId/notices/read",
    summary: "Marks notices as read",
    access: "subject",
    token: "write",
    body: readNoticesSchema,
    handle: ({ who: { store, subjectId }, body, now }) =>
      markRead(store, { subjectId, noticeIds: body.notice_ids }, now),
  }),
  defineRoute({
    method: "GET",
    path: "/people/:personId/notice-preferences",
    summary: "What a person is told outside of the page",
    access: "subject",
    token: "read",
    answer: noticePreferencesSchema,
    handle: ({ who, dashboard }) => readPreferences(who.store, toTold(who, dashboard)),
  }),
  defineRoute({
    method: "PUT",
    path: "/people/:personId/notice-preferences",
    summary: "Switches one kind of notice on or off on one channel",
    access: "subject",
    token: "write",
    body: noticePreferenceSchema,
    answer: noticePreferencesSchema,
    async handle({ who, body, dashboard }) {
      const told = toTold(who, dashboard);
      await setPreference(who.store, told, body);
      return readPreferences(who.store, told);
    },
  }),
];

function toTold({ subjectId, session }: Grants["subject"], { config }: Dashboard): Told {
  return { subjectId, role: session.role, isManager: session.isManager, config };
}

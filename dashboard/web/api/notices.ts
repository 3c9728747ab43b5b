// What a person was told, and how they want to be told.

import {
  type NoticePreference,
  noticePreferencesSchema,
  noticesSchema,
} from "../../../schemas/notice-api.ts";
import { type Api, path } from "./client.ts";

export const readNotices = (api: Api, personId: string) =>
  api.get(path`/people/${personId}/notices`, noticesSchema);

/** Without ids: all of them. */
export const markNoticesRead = (api: Api, personId: string, noticeIds?: readonly string[]) =>
  api.tell("POST", path`/people/${personId}/notices/read`, { notice_ids: noticeIds });

export const readNoticePreferences = (api: Api, personId: string) =>
  api.get(path`/people/${personId}/notice-preferences`, noticePreferencesSchema);

export const setNoticePreference = (api: Api, personId: string, preference: NoticePreference) =>
  api.send("PUT", path`/people/${personId}/notice-preferences`, preference, noticePreferencesSchema);

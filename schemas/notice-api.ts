// What a person was told, and how they want to be told, as the dashboard's server answers and its pages read.
//
// Always holds: a notice names what it is about by an id. What was found stands where the person is led to, and never in a notice.

import { z } from "zod";
import { NOTICE_CHANNELS, NOTICE_KINDS } from "./closed-lists.ts";

const instant = z.iso.datetime();

/** The newest that a list has. */
export const NOTICES_LISTED_MAX = 50;

/** GET /people/{person_id}/notices, newest first. */
export const noticesSchema = z.object({
  /** Of all, also of those that the list has no room for. */
  unread: z.int().min(0),
  notices: z.array(
    z.object({
      notice_id: z.uuid(),
      kind: z.enum(NOTICE_KINDS),
      /** Id of the pattern, or of the key. */
      about: z.uuid(),
      created_at: instant,
      read_at: instant.nullable(),
    }),
  ),
});
export type Notices = z.infer<typeof noticesSchema>;

/** POST …/notices/read: these, or all of them. */
export const readNoticesSchema = z.strictObject({
  notice_ids: z.array(z.uuid()).min(1).max(NOTICES_LISTED_MAX).optional(),
});

const outside = z.enum(NOTICE_CHANNELS).exclude(["page"]);

/** PUT …/notice-preferences: one kind on one channel. */
export const noticePreferenceSchema = z.strictObject({
  kind: z.enum(NOTICE_KINDS),
  channel: outside,
  is_on: z.boolean(),
});
export type NoticePreference = z.infer<typeof noticePreferenceSchema>;

/** GET …/notice-preferences, and the answer to PUT. */
export const noticePreferencesSchema = z.object({
  /** Those that the operator has set up; without any, notices are on the page alone. */
  channels: z.array(outside),
  /** Every kind that this person can be told of, on each of those channels. */
  preferences: z.array(noticePreferenceSchema),
});
export type NoticePreferences = z.infer<typeof noticePreferencesSchema>;

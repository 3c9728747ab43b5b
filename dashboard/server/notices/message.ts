// What leaves the house when a person is told: that there is something to look at, and where. Mail is read by others too, and what a
// webhook is handed goes who knows where, so that all kinds of notices read the same.
//
// Always holds: neither what a notice is about nor any figure stands in it.

import type { OutsideChannel } from "../../../schemas/postgres/notices.ts";

export interface NoticeMessage {
  /** Of the notice; the same each time that it is tried. */
  id: string;
  /** Of the person. */
  email: string;
  name: string;
  /** Where they see what it is, once they have signed in. */
  url: string;
  at: Date;
}

export const NOTICE_SENTENCE = "There is something for you to look at in Assay.";

/** A way out of the house. */
export interface NoticeSender {
  channel: OutsideChannel;
  /** Whether the receiver knows a message again by its id. Another one is not sent twice when nobody knows whether it went. */
  isRepeatable: boolean;
  /** @throws AppError; `retry` where the receiver certainly has not got it, or knows it again */
  send(message: NoticeMessage): Promise<void>;
}

/** Opens the list of notices over whatever page comes first. */
export function toNoticesUrl(dashboardUrl: string): string {
  return `${dashboardUrl}/usage?notices=open`;
}

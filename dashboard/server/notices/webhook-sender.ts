// Notices by a POST to a program of the organisation, which tells people in its own way: in a chat, by a ticket.
//
// It is signed as Standard Webhooks says (https://www.standardwebhooks.com, version 1): `webhook-id` is the notice's own and the same each
// time, so that a receiver that has seen it leaves it. That is why a POST of which nobody knows whether it arrived is made again.

import { createHmac } from "node:crypto";
import { AppError } from "../../../schemas/app-error.ts";
import type { Config } from "../../../schemas/config.ts";
import { NOTICE_SENTENCE, type NoticeMessage, type NoticeSender } from "./message.ts";

const ANSWER_MS_MAX = 20_000;
/** A secret with this before it is base64; any other is taken as it is. */
const ENCODED_SECRET = "whsec_";

export interface WebhookSenderOptions {
  webhook: NonNullable<Config["noticeWebhook"]>;
  now: () => Date;
}

export function createWebhookSender({ webhook: { url, secret }, now }: WebhookSenderOptions): NoticeSender {
  return {
    channel: "webhook",
    isRepeatable: true,
    async send(message) {
      const body = JSON.stringify(toPayload(message));
      const timestamp = String(Math.floor(now().getTime() / 1000));
      const signed = `${message.id}.${timestamp}.${body}`;
      const status = await post(url, body, {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": timestamp,
        ...(secret !== undefined && { "webhook-signature": `v1,${sign(secret, signed)}` }),
      });
      if (status < 200 || status > 299)
        throw new AppError("unavailable", `The receiver of notices answered ${status}.`, { retry: true });
    },
  };
}

function toPayload({ id, email, url, at }: NoticeMessage) {
  return {
    type: "notice.created",
    timestamp: at.toISOString(),
    data: { notice_id: id, person_email: email, text: NOTICE_SENTENCE, url },
  };
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<number> {
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers,
      // Followed, a redirection would lose the body, or take it to somebody whom nobody named.
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    await response.body?.cancel();
    return response.status;
  } catch (cause) {
    throw new AppError("unavailable", "The receiver of notices does not answer.", { retry: true, cause });
  }
}

function sign(secret: string, text: string): string {
  const key = secret.startsWith(ENCODED_SECRET)
    ? Buffer.from(secret.slice(ENCODED_SECRET.length), "base64")
    : Buffer.from(secret);
  return createHmac("sha256", key).update(text).digest("base64");
}

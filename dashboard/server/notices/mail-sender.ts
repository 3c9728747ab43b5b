// Notices by e-mail, through the organisation's mail server.
//
// A mail server does not know a message again. So before one is handed over, the server is asked whether it takes any; what fails until
// then, or with the server's own answer, was certainly not sent, and may be tried again. A connection that breaks later leaves open
// whether the message went, and it is not sent twice.

import { createTransport } from "nodemailer";
import { AppError } from "../../../schemas/app-error.ts";
import type { Config } from "../../../schemas/config.ts";
import { NOTICE_SENTENCE, type NoticeMessage, type NoticeSender } from "./message.ts";

const CONNECT_MS_MAX = 10_000;
/** Without a word from the server. */
const SILENCE_MS_MAX = 20_000;

export function createMailSender({ smtpUrl, from }: NonNullable<Config["mail"]>): NoticeSender {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: CONNECT_MS_MAX,
    greetingTimeout: CONNECT_MS_MAX,
    dnsTimeout: CONNECT_MS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    channel: "email",
    isRepeatable: false,
    async send(message) {
      try {
        await transport.verify();
      } catch (cause) {
        throw failure("The mail server can't be reached, or does not let Assay in", { retry: true, cause });
      }
      try {
        await transport.sendMail({ from, ...toMail(message, from) });
      } catch (cause) {
        const answer = responseCodeOf(cause);
        const sentence =
          answer === undefined ? "The mail server broke off" : "The mail server refused the message";
        // The fours are for now, the fives for good.
        throw failure(sentence, { retry: answer !== undefined && answer < 500, cause });
      }
    },
  };
}

function toMail({ id, email, name, url, at }: NoticeMessage, from: string) {
  return {
    to: { name, address: email },
    subject: NOTICE_SENTENCE,
    text: [
      `Hello ${name},`,
      `${NOTICE_SENTENCE} You see what it is once you have signed in:`,
      url,
      "There you can also choose what you are told, and how.",
      "",
    ].join("\n\n"),
    date: at,
    messageId: `<${id}@${/@([\w.-]+)/.exec(from)?.[1] ?? "assay"}>`,
    // RFC 3834: nobody's absence answers it.
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

function responseCodeOf(error: unknown): number | undefined {
  const hasCode = error instanceof Error && "responseCode" in error;
  return hasCode && typeof error.responseCode === "number" ? error.responseCode : undefined;
}

function failure(sentence: string, { retry, cause }: { retry: boolean; cause: unknown }): AppError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const detail = String(responseCodeOf(cause) ?? code);
  return new AppError("unavailable", `${sentence} (${detail}).`, { retry, cause });
}

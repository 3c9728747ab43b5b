// The ways by which people are told of notices: reached, and let in, without anything being sent.

import { createTransport } from "nodemailer";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

const ANSWER_MS_MAX = 8000;

export async function checkNotices({ config: { mail, noticeWebhook } }: Deployment): Promise<Finding[]> {
  if (!mail && !noticeWebhook) return [ok("People are told on the page alone.")];
  const findings = await Promise.all([
    mail ? checkMail(mail.smtpUrl) : [],
    noticeWebhook ? checkWebhook(noticeWebhook) : [],
  ]);
  return findings.flat();
}

async function checkMail(url: string): Promise<Finding[]> {
  const limits = {
    connectionTimeout: ANSWER_MS_MAX,
    greetingTimeout: ANSWER_MS_MAX,
    dnsTimeout: ANSWER_MS_MAX,
  };
  const transport = createTransport({ url, ...limits });
  try {
    await transport.verify();
    return [ok("The mail server is reached, and takes e-mails.")];
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const remedy = "Check ASSAY_SMTP_URL: host, port, user and password. Notices wait for up to 3 days.";
    return [fault(`The mail server can't be reached, or does not let Assay in (${code}).`, remedy)];
  }
}

/** Whatever it answers to a question that sends nothing, it is there. */
async function checkWebhook({
  url,
  secret,
}: {
  url: string;
  secret: string | undefined;
}): Promise<Finding[]> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const { host } = new URL(url);
  try {
    await fetch(url, { method: "HEAD", redirect: "manual", signal });
  } catch {
    const remedy =
      "Check ASSAY_NOTIFY_WEBHOOK_URL, and that its program runs. Notices wait for up to 3 days.";
    return [fault(`The receiver of notices at ${host} does not answer.`, remedy)];
  }
  if (secret !== undefined) return [ok(`The receiver of notices at ${host} answers.`)];
  return [
    warning(
      `Notices go to ${host} unsigned: anybody who knows the address could send some.`,
      "Set ASSAY_NOTIFY_WEBHOOK_SECRET, and check the signature there.",
    ),
  ];
}

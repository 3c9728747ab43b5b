// The doctor asks whether people can be told, and sends nothing.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkNotices } from "../../ingest/doctor/notices.ts";
import type { Deployment, Finding } from "../../ingest/doctor/finding.ts";
import { readConfig } from "../../schemas/config.ts";
import {
  startMailServer,
  startWebhookReceiver,
  type MailServer,
  type WebhookReceiver,
} from "../services/mail.ts";

/** Nobody listens there, and only the superuser could. */
const CLOSED = "127.0.0.1:9";
const SECRET = "a-signing-secret-of-32-characters";

let dataDir: string;
let mail: MailServer;
let webhook: WebhookReceiver;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "assay-doctor-"));
  [mail, webhook] = await Promise.all([startMailServer(), startWebhookReceiver()]);
});
afterAll(async () => {
  await Promise.all([mail.close(), webhook.close()]);
  rmSync(dataDir, { recursive: true });
});

async function examine(settings: Readonly<Record<string, string>>): Promise<Finding[]> {
  const deployment: Deployment = {
    config: readConfig({ ASSAY_DATA: dataDir, ...settings }),
    clickhouse: { state: "closed" },
    postgres: { state: "closed" },
    isInService: false,
    now: Date.now,
  };
  return checkNotices(deployment);
}

const from = { ASSAY_MAIL_FROM: "assay@example.com" };

test("without either, people are told on the page", async () => {
  expect(await examine({})).toMatchObject([{ state: "ok" }]);
});

test("a mail server and a receiver that answer are well, and get nothing", async () => {
  const findings = await examine({
    ...from,
    ASSAY_SMTP_URL: mail.url,
    ASSAY_NOTIFY_WEBHOOK_URL: webhook.url,
    ASSAY_NOTIFY_WEBHOOK_SECRET: SECRET,
  });
  expect(findings).toMatchObject([{ state: "ok" }, { state: "ok" }]);
  expect(mail.mails).toEqual([]);
  expect(webhook.received.map(({ body }) => body)).toEqual([""]);
});

test("those that do not answer are faults, and no password is told", async () => {
  const findings = await examine({
    ...from,
    ASSAY_SMTP_URL: `smtp://user:hunter2@${CLOSED}`,
    ASSAY_NOTIFY_WEBHOOK_URL: `http://${CLOSED}/n`,
  });
  expect(findings.map(({ state }) => state)).toEqual(["fault", "fault"]);
  expect(JSON.stringify(findings)).not.toContain("hunter2");
});

test("a receiver without a secret is a warning", async () => {
  expect(await examine({ ASSAY_NOTIFY_WEBHOOK_URL: webhook.url })).toMatchObject([{ state: "warning" }]);
});

test("an address of a receiver with a password in it is refused, because no request could be made to it", () => {
  const settings = { ASSAY_DATA: dataDir, ASSAY_NOTIFY_WEBHOOK_URL: "https://user:hunter2@example.com/n" };
  expect(() => readConfig(settings)).toThrow(/ASSAY_NOTIFY_WEBHOOK_URL/);
  expect(() => readConfig(settings)).not.toThrow(/hunter2/);
});

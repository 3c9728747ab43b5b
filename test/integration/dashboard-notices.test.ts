// People hear that there is something to look at, on every channel, once, and without what it is; and not where they switched it off.

import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import {
  createSenders,
  deliverDue,
  keepUp,
  startNoticeDelivery,
  type DeliveryOptions,
} from "../../dashboard/server/notices/deliver.ts";
import { ATTEMPTS_MAX, DELIVERY_AGE_MS_MAX, LEASE_MS } from "../../dashboard/server/notices/deliveries.ts";
import type { NoticeKind } from "../../schemas/closed-lists.ts";
import { noticePreferencesSchema, noticesSchema } from "../../schemas/notice-api.ts";
import { noticeDeliveries, notices } from "../../schemas/postgres/notice-tables.ts";
import { addNotice } from "../../schemas/postgres/notices.ts";
import { openDashboardBench, type DashboardBench, type Person } from "../services/dashboard.ts";
import {
  startMailServer,
  startWebhookReceiver,
  type MailServer,
  type WebhookReceiver,
} from "../services/mail.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SECRET = `whsec_${Buffer.from("a-signing-secret-of-32-characters").toString("base64")}`;
const URL_OF_DASHBOARD = "https://assay.example.com";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let mail: MailServer;
let webhook: WebhookReceiver;
let bench: DashboardBench;
let options: DeliveryOptions;
let ada: Person;
beforeAll(async () => {
  [mail, webhook] = await Promise.all([startMailServer(), startWebhookReceiver()]);
  bench = await openDashboardBench({
    ASSAY_SMTP_URL: mail.url,
    ASSAY_MAIL_FROM: "Assay <assay@example.com>",
    ASSAY_NOTIFY_WEBHOOK_URL: webhook.url,
    ASSAY_NOTIFY_WEBHOOK_SECRET: SECRET,
  });
  const { stores, config, now, log } = bench.dashboard;
  options = { postgres: stores.postgres, config, now, log, dashboardUrl: URL_OF_DASHBOARD };
});
afterAll(() => Promise.all([bench.close(), mail.close(), webhook.close()]));
beforeEach(async () => {
  await options.postgres.db.delete(notices);
  [mail.mails, mail.answer] = [[], null];
  [webhook.received, webhook.status] = [[], 204];
  ada = await bench.addPerson({ name: "Ada" });
  bench.advance(60_000);
});

function tell(kind: NoticeKind = "pattern_notified", about: string = randomUUID()): Promise<void> {
  const said = { personId: ada.personId, kind, about, at: options.now() };
  return options.postgres.db.transaction((transaction) => addNotice(transaction, said));
}

const deliver = () => deliverDue(options, createSenders(options));
const countOut = () => ({ mails: mail.mails.length, posts: webhook.received.length });
const deliveries = async () =>
  Object.fromEntries(
    (await options.postgres.db.select().from(noticeDeliveries)).map((each) => [each.channel, each]),
  );

test("a notice goes out once on each channel, to the person, and says nothing of what it is", async () => {
  const about = randomUUID();
  await tell("pattern_notified", about);
  await tell("pattern_notified", about);
  expect(await deliver()).toEqual({ state: "ok" });
  bench.advance(DAY_MS);
  await deliver();
  expect(countOut()).toEqual({ mails: 1, posts: 1 });

  const sent = decode(mail.mails[0] ?? "");
  expect(sent).toContain(`To: Ada <${ada.email}>`);
  expect(sent).toContain("From: Assay <assay@example.com>");
  expect(sent).toContain(`${URL_OF_DASHBOARD}/usage?notices=open`);
  const [post] = webhook.received;
  expect(JSON.parse(post!.body)).toMatchObject({ data: { person_email: ada.email } });
  for (const said of [sent, post!.body]) expect(said).not.toMatch(/pattern|replay|key|\$|contest/i);
  expect(sent + post!.body).not.toContain(about);
});

/** Quoted-printable, in which the text travels. */
function decode(sent: string): string {
  return sent.replaceAll("=\r\n", "").replaceAll("=3D", "=");
}

test("all kinds of notices read the same outside", async () => {
  for (const kind of ["pattern_opened", "key_expires", "review_opened"] as const) await tell(kind);
  await deliver();
  const subjects = mail.mails.map((sent) => /^Subject: (.*)$/m.exec(sent)?.[1]);
  expect(new Set(subjects).size).toBe(1);
  const posts = webhook.received.map(({ body }) => {
    const { data, ...rest } = JSON.parse(body);
    return JSON.stringify({ ...rest, data: { ...data, notice_id: "" } });
  });
  expect(posts).toHaveLength(3);
  expect(new Set(posts).size).toBe(1);
});

test("a post is signed as Standard Webhooks says, under the notice's own id", async () => {
  await tell();
  await deliver();
  const { headers, body } = webhook.received[0]!;
  vi.useFakeTimers({ now: options.now(), toFake: ["Date"] });
  try {
    const verify = (id: string) =>
      new Webhook(SECRET).verify(body, {
        "webhook-id": id,
        "webhook-timestamp": String(headers["webhook-timestamp"]),
        "webhook-signature": String(headers["webhook-signature"]),
      });
    expect(verify(String(headers["webhook-id"]))).toMatchObject({ type: "notice.created" });
    expect(() => verify("another")).toThrow("No matching signature found");
  } finally {
    vi.useRealTimers();
  }
  const [row] = await options.postgres.db.select().from(notices);
  expect(headers["webhook-id"]).toBe(row!.noticeId);
});

test("what fails is tried again with growing pauses, and given up after the last attempt", async () => {
  webhook.status = 500;
  mail.answer = 451;
  await tell();
  expect(await deliver()).toMatchObject({ state: "impaired" });
  await deliver();
  expect(webhook.received, "not before its time").toHaveLength(1);
  for (const minutes of [1, 5, 30, 120]) {
    bench.advance(minutes * 60_000);
    await deliver();
  }
  expect(webhook.received).toHaveLength(ATTEMPTS_MAX);
  expect(new Set(webhook.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  bench.advance(DAY_MS);
  await deliver();
  expect(webhook.received, "given up").toHaveLength(ATTEMPTS_MAX);
  const given = { attempts: ATTEMPTS_MAX, nextAttemptAt: null, deliveredAt: null };
  expect(await deliveries()).toMatchObject({
    webhook: { ...given, failure: "The receiver of notices answered 500." },
    email: { ...given, failure: "The mail server refused the message (451)." },
  });
});

test("a receiver that is back gets what it missed", async () => {
  webhook.status = 503;
  await tell();
  await deliver();
  webhook.status = 200;
  bench.advance(60_000);
  expect(await deliver()).toEqual({ state: "ok" });
  expect(await deliveries()).toMatchObject({ webhook: { attempts: 2, failure: null, nextAttemptAt: null } });
});

test("an address that the mail server refuses for good is tried once", async () => {
  mail.answer = 550;
  await tell();
  await deliver();
  bench.advance(DAY_MS);
  mail.answer = null;
  await deliver();
  expect(countOut().mails).toBe(0);
  expect(await deliveries()).toMatchObject({ email: { attempts: 1, nextAttemptAt: null } });
});

test("a mail server that breaks off after it was handed a message is not handed it again", async () => {
  mail.answer = "cut";
  await tell();
  await deliver();
  mail.answer = null;
  bench.advance(DAY_MS);
  await deliver();
  expect(countOut().mails).toBe(1);
});

test("a crash between send and mark: the post is made again under its id, and the e-mail is not", async () => {
  await tell();
  const senders = createSenders(options).map((sender) => ({
    ...sender,
    async send(message: Parameters<typeof sender.send>[0]) {
      await sender.send(message);
      await new Promise(() => undefined);
    },
  }));
  void deliverDue(options, senders);
  await vi.waitFor(() => expect(countOut()).toEqual({ mails: 1, posts: 1 }), { timeout: 20_000 });

  await deliver();
  expect(countOut(), "while the other process may still be at it").toEqual({ mails: 1, posts: 1 });
  bench.advance(LEASE_MS);
  await deliver();
  expect(countOut()).toEqual({ mails: 1, posts: 2 });
  const [first, second] = webhook.received.map(({ headers }) => headers["webhook-id"]);
  expect(second).toBe(first);
});

test("several processes at once deliver each notice once", async () => {
  for (let count = 0; count < 12; count++) await tell();
  await Promise.all([deliver(), deliver(), deliver()]);
  expect(countOut()).toEqual({ mails: 12, posts: 12 });
});

test("a kind that is switched off stays on the page alone, also when it was on its way already", async () => {
  await tell("pattern_notified");
  await tell("key_expires");
  const browser = await bench.signIn(ada);
  const path = `/api/v1/people/${ada.personId}/notice-preferences`;
  const answer = await browser.put(path, { kind: "pattern_notified", channel: "email", is_on: false });
  const { channels, preferences } = noticePreferencesSchema.parse(await answer.json());
  expect(channels).toEqual(["email", "webhook"]);
  expect(preferences.filter(({ is_on }) => !is_on)).toEqual([
    { kind: "pattern_notified", channel: "email", is_on: false },
  ]);
  expect(preferences.some(({ kind }) => kind === "review_opened" || kind === "contest_waiting")).toBe(false);
  await deliver();
  expect(countOut()).toEqual({ mails: 1, posts: 2 });
  const listed = await browser.get(`/api/v1/people/${ada.personId}/notices`);
  expect(noticesSchema.parse(await listed.json()).notices).toHaveLength(2);
});

test("notices are read one by one or all together, and nobody else's", async () => {
  const browser = await bench.signIn(ada);
  const path = `/api/v1/people/${ada.personId}/notices`;
  const list = async () => noticesSchema.parse(await (await browser.get(path)).json());
  for (const kind of ["pattern_notified", "pattern_opened", "key_expires"] as const) {
    bench.advance(1000);
    await tell(kind);
  }
  const { unread, notices: rows } = await list();
  expect([unread, rows.map(({ kind }) => kind)]).toEqual([
    3,
    ["key_expires", "pattern_opened", "pattern_notified"],
  ]);
  await browser.post(`${path}/read`, { notice_ids: [rows[0]!.notice_id] });
  expect((await list()).unread).toBe(2);

  const ben = await bench.addPerson();
  const bens = await bench.signIn(ben);
  await bens.post(`/api/v1/people/${ben.personId}/notices/read`, { notice_ids: [rows[1]!.notice_id] });
  expect((await list()).unread).toBe(2);
  expect((await browser.post(`${path}/read`, {})).status).toBe(204);
  expect((await list()).unread).toBe(0);
});

test("what is older than a few days goes nowhere any more, and old notices go", async () => {
  await tell();
  bench.advance(DELIVERY_AGE_MS_MAX + 1);
  await deliver();
  expect(countOut()).toEqual({ mails: 0, posts: 0 });
  expect(await deliveries()).toMatchObject({ email: { failure: "late", attempts: 0 } });
  bench.advance(31 * DAY_MS);
  await keepUp(options);
  expect(await options.postgres.db.select().from(notices)).toEqual([]);
});

test("the job of a process delivers by itself, says how it does, and ends when it is told to", async () => {
  await tell();
  const job = startNoticeDelivery(options);
  await vi.waitFor(() => expect(countOut()).toEqual({ mails: 1, posts: 1 }), { timeout: 20_000 });
  await job.stop();
  expect(job.check()).toEqual({ state: "ok" });
});

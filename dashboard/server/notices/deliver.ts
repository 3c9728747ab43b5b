// Takes notices out of the house, by e-mail and webhook, in whatever process serves the dashboard: one in an embedded deployment, any
// number in a distributed one.
//
// Always holds: a webhook's receiver gets each notice at least once, under an id that is always the same; a person gets each e-mail at
// most once. One channel that fails holds no other up, and a notice stands on the page whatever becomes of its deliveries.

import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { AppError, errorMessage } from "../../../schemas/app-error.ts";
import type { Config } from "../../../schemas/config.ts";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import type { PartCheck, PartHealth } from "../../../schemas/vitals.ts";
import { settleDelivered, settleFailed, takeDelivery } from "./deliveries.ts";
import { createMailSender } from "./mail-sender.ts";
import { toNoticesUrl, type NoticeSender } from "./message.ts";
import { removeOldNotices, tellOfExpiringKeys } from "./upkeep.ts";
import { createWebhookSender } from "./webhook-sender.ts";

const INTERVAL_MS = 5000;
const UPKEEP_INTERVAL_MS = 3_600_000;
/** Of one channel in one round; the next round follows soon. */
const ROUND_DELIVERIES_MAX = 100;

export interface DeliveryOptions {
  postgres: PostgresStore;
  config: Pick<Config, "mail" | "noticeWebhook" | "retentionDays">;
  /** Where people look. */
  dashboardUrl: string;
  now: () => Date;
  log: Pick<Logger, "warn" | "error">;
}

export interface NoticeDelivery {
  /** Whether the last attempt of each channel succeeded. */
  check: PartCheck;
  /** Resolves when the delivery under way has ended. */
  stop(): Promise<void>;
}

/** Delivers until stopped. Never rejects: what fails is logged, and tried again. */
export function startNoticeDelivery(options: DeliveryOptions): NoticeDelivery {
  const senders = createSenders(options);
  const stopping = new AbortController();
  let health: PartHealth = { state: "ok" };
  let upkeepAtMs = Number.NEGATIVE_INFINITY;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (options.now().getTime() - upkeepAtMs >= UPKEEP_INTERVAL_MS) {
          await keepUp(options);
          upkeepAtMs = options.now().getTime();
        }
        health = await deliverDue(options, senders, stopping.signal);
      } catch (error) {
        options.log.error({ err: error }, "notices could not be delivered; they wait");
        health = { state: "impaired", reason: `Notices wait: ${errorMessage(error)}` };
      }
      await wait(INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const ended = run();
  return {
    check: () => health,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

export function createSenders({ config, now }: Pick<DeliveryOptions, "config" | "now">): NoticeSender[] {
  return [
    ...(config.mail ? [createMailSender(config.mail)] : []),
    ...(config.noticeWebhook ? [createWebhookSender({ webhook: config.noticeWebhook, now })] : []),
  ];
}

/** Everything that is due on every channel. */
export async function deliverDue(
  options: DeliveryOptions,
  senders: readonly NoticeSender[],
  signal?: AbortSignal,
): Promise<PartHealth> {
  const failures = await Promise.all(senders.map((sender) => deliverBy(sender, options, signal)));
  const reason = failures.find((failure) => failure !== undefined);
  return reason === undefined ? { state: "ok" } : { state: "impaired", reason };
}

/** Keys that are about to expire, and notices that are too old. */
export async function keepUp({ postgres, config, now }: DeliveryOptions): Promise<void> {
  await tellOfExpiringKeys(postgres, now());
  await removeOldNotices(postgres, { dismissedDays: config.retentionDays.dismissed, now: now() });
}

/** @returns why the last attempt failed, where one did */
async function deliverBy(
  sender: NoticeSender,
  { postgres, dashboardUrl, now, log }: DeliveryOptions,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let lastFailure: string | undefined;
  for (let made = 0; made < ROUND_DELIVERIES_MAX; made++) {
    if (signal?.aborted === true) break;
    const delivery = await takeDelivery(postgres, sender, now());
    if (delivery === undefined) break;
    if (delivery.obstacle !== undefined) continue;
    const { noticeId: id, email, name, createdAt: at } = delivery;
    try {
      await sender.send({ id, email, name, at, url: toNoticesUrl(dashboardUrl) });
    } catch (error) {
      lastFailure = errorMessage(error);
      const retry = error instanceof AppError && error.retry;
      log.warn(
        { err: error, channel: sender.channel, attempts: delivery.attempts },
        "a notice did not go out",
      );
      await settleFailed(postgres, delivery, { failure: lastFailure, retry, now: now() });
      continue;
    }
    lastFailure = undefined;
    await settleDelivered(postgres, delivery, now());
  }
  return lastFailure;
}

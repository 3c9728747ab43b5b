// `assay dead-letters list` and `retry`: the records that could not be stored, in Kafka's topic for them where there is one, and in
// the folder of this data directory.
//
// A record can hold a person's id, so no more is printed of it than what an operator needs to find it.

import { join } from "node:path";
import { z } from "zod";
import {
  defineCommand,
  EXIT,
  refuseUsage,
  type CommandArguments,
  type CommandIo,
  type ProcessCommand,
  type StoreCommand,
} from "../../schemas/command.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { Config } from "../../schemas/config.ts";
import { createLog } from "../../schemas/log.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { openDeadLetterTopic } from "../sink/dead-letter-topic.ts";
import { openDeadLetters, type DeadLetterStore, type KeptLetter } from "../sink/dead-letters.ts";
import { createPricer } from "../sink/price.ts";
import { retryDeadLetters, type RetryOptions, type RetrySummary } from "../sink/retry-dead-letters.ts";
import { createSink } from "../sink/sink.ts";

const LIMIT_FAULT = "--limit takes a whole number of 1 or more.";
const LISTED_DEFAULT = 100;
const REASON_CHARS_SHOWN = 300;

const options = {
  reason: { type: "string", help: "only those whose reason holds this text" },
  limit: { type: "string", help: `at most so many; list: ${LISTED_DEFAULT} without it, retry: all` },
} as const;

export const deadLettersListCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "dead-letters list",
  summary: "List the records that could not be stored, with the reason",
  usage: "[--reason TEXT] [--limit N]",
  options,
  async run({ values }, io, config) {
    const selection = parseSelection(values, LISTED_DEFAULT);
    if (selection === undefined) return refuseUsage(io, LIMIT_FAULT);
    const letters: ListedLetter[] = [];
    let total = 0;
    await using open = new AsyncDisposableStack();
    for (const [place, store] of openAll(open, io, config)) {
      await store.read((seen) => {
        const matching = seen.filter(({ reason }) => reason.includes(selection.reason));
        total += matching.length;
        const shown = matching.slice(0, Math.max(0, selection.lettersMax - letters.length));
        letters.push(...shown.map((letter) => toListed(letter, place)));
      });
    }
    if (values["json"] === true) io.stdout.write(`${JSON.stringify({ total, letters })}\n`);
    else for (const letter of letters) io.stdout.write(toLine(letter));
    io.stderr.write(`${total} records could not be stored; ${letters.length} of them are shown.\n`);
    return EXIT.done;
  },
});

export const deadLettersRetryCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "dead-letters retry",
  summary: "Try again to store the records that could not be stored",
  usage: "[--reason TEXT] [--limit N]",
  options,
  async run({ values }, io, { clickhouse }, config) {
    const selection = parseSelection(values, Number.MAX_SAFE_INTEGER);
    if (selection === undefined) return refuseUsage(io, LIMIT_FAULT);
    const sum: RetrySummary = { tried: 0, stored: 0, stayed: 0 };
    await using open = new AsyncDisposableStack();
    for (const [, store] of openAll(open, io, config)) {
      const { tried, stored, stayed } = await retryDeadLetters(store, {
        reason: selection.reason,
        lettersMax: selection.lettersMax - sum.tried,
        deliver: createDelivery(clickhouse, config),
      });
      sum.tried += tried;
      sum.stored += stored;
      sum.stayed += stayed;
    }
    if (values["json"] === true) io.stdout.write(`${JSON.stringify(sum)}\n`);
    io.stderr.write(`${sum.tried} records were tried: ${sum.stored} are stored, ${sum.stayed} stay.\n`);
    return sum.stayed === 0 ? EXIT.done : EXIT.failed;
  },
});

/** The sink's own, which tells of what it refuses instead of keeping it. */
function createDelivery(store: ClickHouseStore, config: Config): RetryOptions["deliver"] {
  return (records, keep) => {
    const sink = createSink({
      store,
      deadLetters: { keep: async (refused) => keep(refused) },
      metrics: createMetrics("dead-letters"),
      price: createPricer(config.prices),
      retentionDays: config.retentionDays,
    });
    return sink.deliver({ records, deadLetters: [] });
  };
}

/** Each with the name of where it is. With Kafka the folder has what no broker took. */
function openAll(
  open: AsyncDisposableStack,
  { now, stderr }: CommandIo,
  { dataDir, kafka }: Config,
): [place: string, store: DeadLetterStore][] {
  const folder = join(dataDir, "dead-letters");
  const stores: [string, DeadLetterStore][] = [[folder, openDeadLetters({ folder, now })]];
  if (kafka !== undefined) {
    const topic = openDeadLetterTopic(createLog("dead-letters", stderr), kafka);
    open.defer(() => topic.close());
    stores.push([kafka.topics.deadLetters, topic]);
  }
  return stores;
}

interface Selection {
  reason: string;
  lettersMax: number;
}

function parseSelection(values: CommandArguments["values"], limitDefault: number): Selection | undefined {
  const { reason = "", limit } = values;
  const lettersMax = limit === undefined ? limitDefault : Number(limit);
  if (!Number.isSafeInteger(lettersMax) || lettersMax < 1) return undefined;
  return { reason: String(reason), lettersMax };
}

interface ListedLetter {
  at: string;
  /** Of the event or outcome; null where there is none to be read. */
  id: string | null;
  bytes: number;
  reason: string;
  place: string;
}

function toListed({ at, reason, payload }: KeptLetter, place: string): ListedLetter {
  const shown = reason.replaceAll(/\s+/g, " ").slice(0, REASON_CHARS_SHOWN);
  return { at, id: readId(payload), bytes: Buffer.byteLength(payload), reason: shown, place };
}

const uuid = z.uuid().optional().catch(undefined);
const identified = z.object({ event_id: uuid, outcome_id: uuid });
const payloadSchema = identified.extend({ event: identified.optional(), outcome: identified.optional() });

/** Only what has the form of an id is shown as one: the payload is anybody's. */
function readId(payload: string): string | null {
  try {
    const { event, outcome, ...bare } = payloadSchema.parse(JSON.parse(payload));
    return event?.event_id ?? outcome?.outcome_id ?? bare.event_id ?? bare.outcome_id ?? null;
  } catch {
    return null;
  }
}

function toLine({ at, id, bytes, reason }: ListedLetter): string {
  return `${at}  ${id ?? "no id".padEnd(36)}  ${String(bytes).padStart(8)} bytes  ${reason}\n`;
}

// An organisation of two thousand people for the benchmark of scoring: a month of calls with their features, and outcomes, written
// by the engine itself, because rows of this process would take longer than what is measured.
//
// Each person works in conversations of 30 calls, one after the other: a prompt, tools and their results, a prompt again every ten
// calls. Two people in a hundred have a client that beats every minute, one in a hundred replays openings from a script, and three
// conversations in a hundred go round in a circle. Two calls in a hundred fail and are tried again. One conversation in four ends in a merged pull request.

import { z } from "zod";
import { defineStatement, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";

export const PEOPLE = 2000;
const CALLS_PER_CONVERSATION = 30;
const DAYS = 30;
const DAY_MS = 86_400_000;
/** Rows of one INSERT … SELECT: the engine sorts them in memory. */
const PART_ROWS = 500_000;
/** No call goes while a month of them is measured. Weeks of which features are gone are frozen, though. */
const CALLS_DAYS = 32;
/** Features go before their calls do, by the default of the settings. */
const FEATURES_DAYS = 14;

export interface OrganisationSize {
  calls: number;
  /** Percent of the conversations that carry no id of the client. */
  unnamedPercent: number;
  /** Where the month ends. */
  endsAt: Date;
  /** Features are kept as long as their calls, and not only for two weeks. */
  keepsFeatures: boolean;
}

const CONVERSATION = `intDiv(number, ${CALLS_PER_CONVERSATION})`;
const PLACE = `(number % ${CALLS_PER_CONVERSATION})`;
const MEMBER = `(${CONVERSATION} % ${PEOPLE})`;
const PERSON = `toUUID(concat('01936a00-0000-7000-8000-', leftPad(toString(${MEMBER}), 12, '0')))`;
const EVENT = "toUUID(concat('01936b00-0000-7000-8000-', leftPad(toString(number), 12, '0')))";
const IS_PROMPT = `(${PLACE} % 10 = 0)`;
const BEATS = `(${MEMBER} % 50 = 1)`;
const REPLAYS = `(${MEMBER} % 100 = 3)`;
const LOOPS = `(cityHash64('loops', ${CONVERSATION}) % 100 < 3 AND ${PLACE} BETWEEN 11 AND 29)`;
/** An attempt that the provider turned away, and that the next call tries again. */
const FAILS = `(cityHash64('fails', number) % 100 < 2)`;
const WRITES = `(${PLACE} % 7 = 3)`;

const hash = (...parts: string[]): string => `base64URLEncode(toString(sipHash128(${parts.join(", ")})))`;

interface Expressions {
  startedAt: string;
  featuresDays: number;
  hasFeatures: string;
  session: string;
}

function expressionsOf({ calls, unnamedPercent, endsAt, keepsFeatures }: OrganisationSize): Expressions {
  const spacingMs = (DAYS * DAY_MS) / (calls / CALLS_PER_CONVERSATION);
  const beginsMs = endsAt.getTime() - DAYS * DAY_MS - DAY_MS;
  const featuresDays = keepsFeatures ? CALLS_DAYS : FEATURES_DAYS;
  const featuresFromMs = endsAt.getTime() - featuresDays * DAY_MS;
  return {
    featuresDays,
    hasFeatures: `toUnixTimestamp64Milli(started_at) >= ${featuresFromMs}`,
    startedAt: `fromUnixTimestamp64Milli(toInt64(${beginsMs} + ${CONVERSATION} * ${spacingMs} + ${PLACE} * 20000), 'UTC')`,
    session: `if(cityHash64(${CONVERSATION}) % 100 < ${unnamedPercent}, NULL, if(${BEATS}, concat('beat ', toString(number)), toString(${CONVERSATION})))`,
  };
}

/** Calls `from` to `to` of a size, with their features and outcomes, as if they had come in at `ingestedAt`. */
export async function fillOrganisation(
  store: ClickHouseStore,
  size: OrganisationSize,
  { from, to, ingestedAt }: { from: number; to: number; ingestedAt: Date },
): Promise<void> {
  const expressions = expressionsOf(size);
  const came = `fromUnixTimestamp64Milli(toInt64(${ingestedAt.getTime()}), 'UTC')`;
  for (let part = from; part < to; part += PART_ROWS) {
    const numbers = `numbers(${part}, ${Math.min(PART_ROWS, to - part)})`;
    await run(store, eventsOf(numbers, came, expressions));
    await run(store, featuresOf(numbers, came, expressions));
    await run(store, outcomesOf(numbers, came, expressions));
  }
}

const eventsOf = (numbers: string, came: string, { startedAt, session }: Expressions): string => `
INSERT INTO token_events (event_id, gateway_id, sequence, started_at, duration_ms, person_id, key_kind, client, entrypoint,
  session_id, response_id, body_hash, request_kind, trigger, provider, model_served, status, error_kind, terminated_by, stop_kind,
  usage_source, input_tokens, cache_read_tokens, output_tokens, cost_usd, ingested_at, expires_at, row_version)
SELECT ${EVENT}, 'g1', number, ${startedAt} AS started_at, 15000, ${PERSON}, 'person', if(${BEATS}, 'openclaw', 'codex'),
  if(${REPLAYS}, 'headless', 'interactive'), ${session}, concat('resp_', toString(number)), toString(if(cityHash64('fails', number - 1) % 100 < 2, number - 1, number)), 'main',
  multiIf(${BEATS}, 'schedule', NOT ${IS_PROMPT}, 'tool', ${REPLAYS}, 'unknown', 'human'), 'openai',
  ['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5'][${CONVERSATION} % 3 + 1], if(${FAILS}, 529, 200), if(${FAILS}, 'overloaded', NULL), 'complete', if(${PLACE} = 29, 'end', 'tool'), 'reported',
  if(${FAILS}, NULL, number % 5000), number % 20000, number % 900, toDecimal64(number % 100, 12) / 100, ${came}, started_at + INTERVAL ${CALLS_DAYS} DAY, 1
FROM ${numbers}`;

const featuresOf = (
  numbers: string,
  came: string,
  { startedAt, featuresDays, hasFeatures }: Expressions,
): string => {
  const text = `multiIf(${BEATS}, 0, ${REPLAYS} AND ${PLACE} = 0, 1, number + 2)`;
  const step = `if(${LOOPS}, 0, ${PLACE})`;
  return `
INSERT INTO call_features (schema_version, event_id, started_at, person_id, sketch_epoch, prefix_hash, parent_prefix_hash,
  answer_hash, parent_answer_hash, system_hash, delta_human_chars, delta_hash, delta_sketch, delta_repetition, delta_compression,
  delta_blocks, output_chars, output_hash, tool_names, tool_kinds, tool_args_hashes, tool_target_hashes,
  written_file_hashes, tool_result_hashes,  ingested_at, expires_at)
SELECT 1, ${EVENT}, ${startedAt} AS started_at, ${PERSON}, 1,
  ${hash("'p'", CONVERSATION, PLACE)}, if(${PLACE} = 0, NULL, ${hash("'p'", CONVERSATION, `${PLACE} - 1`)}),
  ${hash("'a'", CONVERSATION, PLACE)}, if(${PLACE} = 0, NULL, ${hash("'a'", CONVERSATION, `${PLACE} - 1`)}),
  ${hash("'s'", MEMBER)}, if(${IS_PROMPT}, 400, 0), if(${IS_PROMPT} OR ${BEATS}, ${hash("'d'", MEMBER, text)}, NULL),
  if(${IS_PROMPT} AND NOT ${BEATS}, arrayMap(place -> toUInt32(cityHash64(${MEMBER}, ${text}, place) % 4294967295), range(64)), []),
  if(${IS_PROMPT}, 0.02, NULL), if(${IS_PROMPT}, 0.6, NULL), if(${IS_PROMPT} AND NOT ${BEATS}, [cityHash64(number)], []),
  if(${BEATS}, 12, 200), ${hash("'o'", "number")},
  if(${PLACE} = 29 OR ${BEATS}, [], ['shell']), if(${PLACE} = 29 OR ${BEATS}, [], [if(${WRITES}, 'write', 'read')]),
  if(${PLACE} = 29 OR ${BEATS}, [], [${hash("'t'", CONVERSATION, step)}]),
  if(${PLACE} = 29 OR ${BEATS}, [], [${hash("'f'", CONVERSATION, `${PLACE} % 8`)}]),
  if(${WRITES} AND NOT ${BEATS}, [${hash("'f'", CONVERSATION, `${PLACE} % 8`)}], []),
  if(${IS_PROMPT} OR ${BEATS}, [], [${hash("'r'", CONVERSATION, step)}]),
  ${came}, started_at + INTERVAL ${featuresDays} DAY
FROM ${numbers} WHERE ${hasFeatures}`;
};

const outcomesOf = (numbers: string, came: string, { startedAt, session }: Expressions): string => `
INSERT INTO outcomes (schema_version, outcome_id, kind, occurred_at, credited_at, person_id, session_id, repo_hash, file_hashes,
  quantity, gross_quantity, reviewed_by_other, source, trust, ingested_at, expires_at)
SELECT 1, concat('bench:', toString(${CONVERSATION})), 'pr_merged', ${startedAt} + INTERVAL 1 HOUR AS merged_at, merged_at, ${PERSON}, ${session},
  'repository', [${hash("'f'", CONVERSATION, "3")}], 1, 1, true, 'github', 'high', ${came}, merged_at + INTERVAL 1 YEAR
FROM ${numbers}
WHERE ${PLACE} = 29 AND cityHash64('merged', ${CONVERSATION}) % 4 = 0 AND NOT ${BEATS}`;

async function run(store: ClickHouseStore, sql: string): Promise<void> {
  await store.execute(defineStatement({ name: "bench", sql, params: z.object({}) }), {});
}

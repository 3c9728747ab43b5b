// What a pass of analytics costs: everything computed again, and then a pass over one more call of each person.
// `node test/bench/analysis.ts [--rows N] [--unnamed PERCENT]` prints seconds of the clock and of the processor.
//
// A thousand people, 30 days, conversations of 30 calls. So many percent of the conversations carry no id of the client and are
// found by their hashes; one in ten of these is a sub-agent's.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { runAnalysis } from "../../analytics/job.ts";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import { describeMachine } from "./report.ts";
import { toMethod } from "../../schemas/method.ts";

const PEOPLE = 1000;
const CALLS_PER_CONVERSATION = 30;
const DAYS = 30;
const PARTS = 10;
const NEVER = "2090-01-01 00:00:00";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    unnamed: { type: "string", default: "40" },
  },
});
const rows = Number(values.rows);
const unnamedPercent = Number(values.unnamed);

/** Conversation and place of call `number`; conversations of a person follow one another, two at a time. */
const CONVERSATION = `intDiv(number, ${CALLS_PER_CONVERSATION})`;
const PLACE = `(number % ${CALLS_PER_CONVERSATION})`;
const PERSON = `toUUID(concat('01936a00-0000-7000-8000-', leftPad(toString(${CONVERSATION} % ${PEOPLE}), 12, '0')))`;
const EVENT = "toUUID(concat('01936b00-0000-7000-8000-', leftPad(toString(number), 12, '0')))";
const SPACING_MS = Math.floor((DAYS * 86_400_000) / (rows / CALLS_PER_CONVERSATION));
const STARTED_AT = `(toDateTime64('2026-10-20 00:00:00', 3, 'UTC')
  + toIntervalMillisecond(${CONVERSATION} * ${SPACING_MS} + ${PLACE} * 20000))`;
const IS_UNNAMED = `(cityHash64(${CONVERSATION}) % 100 < ${unnamedPercent})`;

const dataDir = mkdtempSync(join(tmpdir(), "assay-bench-analysis-"));
const store = await openClickHouse({ dataDir });
try {
  await migrateClickHouse(store);
  for (let part = 0; part < PARTS; part++) await fill(part);
  const machine = describeMachine();
  console.log(
    `${rows} calls, ${unnamedPercent} % without ids; Node ${machine.node}, ${machine.cores} cores, load ${machine.loadAverage.toFixed(1)}`,
  );
  await measure("everything");
  await run(eventsSql(`numbers(${rows - PEOPLE}, ${PEOPLE})`, "now64(3)", 3));
  await measure("one call of each conversation's end again");
} finally {
  await store.close();
  rmSync(dataDir, { recursive: true });
}

async function measure(what: string): Promise<void> {
  const cpu = process.cpuUsage();
  const summary = await runAnalysis({
    store,
    config: {
      timezone: "UTC",
      retentionDays: { sketches: 14, events: 30, runs: 90, weeks: 180, dismissed: 30 },
      method: toMethod(),
    },
    clock: () => new Date(),
    log: { info() {} },
  });
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${what}: ${(summary.duration_ms / 1000).toFixed(1)} s, processor ${((user + system) / 1e6).toFixed(1)} s, ` +
      `${summary.calls} calls in ${summary.runs} runs`,
  );
}

async function fill(part: number): Promise<void> {
  const from = Math.floor((rows * part) / PARTS);
  const numbers = `numbers(${from}, ${Math.floor((rows * (part + 1)) / PARTS) - from})`;
  await run(eventsSql(numbers, "now64(3) - INTERVAL 1 DAY", 1));
  await run(
    `
INSERT INTO call_features (schema_version, event_id, started_at, person_id, sketch_epoch, prefix_hash, parent_prefix_hash,
  answer_hash, parent_answer_hash, delta_hash, spawn_hashes, ingested_at, expires_at)
SELECT 1, ${EVENT}, ${STARTED_AT}, ${PERSON}, 1, hash('p', ${PLACE}), if(${PLACE} = 0, NULL, hash('p', ${PLACE} - 1)),
  hash('a', ${PLACE}), if(${PLACE} = 0, NULL, hash('a', ${PLACE} - 1)), hash('d', ${PLACE}),
  if(${CONVERSATION} % 10 = 0 AND ${PLACE} = 1,
    [base64URLEncode(toString(sipHash128('d', ${CONVERSATION} + ${PEOPLE}, 0)))], []),
  now64(3) - INTERVAL 1 DAY, '${NEVER}'
FROM ${numbers}`.replaceAll(
      /hash\('(\w)', ([^)]*\)[^)]*)\)/g,
      (_all, kind: string, place: string) =>
        `base64URLEncode(toString(sipHash128('${kind}', ${CONVERSATION}, ${place})))`,
    ),
  );
}

function eventsSql(numbers: string, ingestedAt: string, rowVersion: number): string {
  return `
INSERT INTO token_events (event_id, gateway_id, sequence, started_at, duration_ms, person_id, client, session_id, response_id,
  body_hash, request_kind, trigger, provider, model_served, status, terminated_by, usage_source, input_tokens, output_tokens,
  cost_usd, ingested_at, expires_at, row_version)
SELECT ${EVENT}, 'g1', number, ${STARTED_AT}, 15000, ${PERSON}, 'codex', if(${IS_UNNAMED}, NULL, toString(${CONVERSATION})),
  concat('resp_', toString(number)), toString(number), 'main', if(${PLACE} % 10 = 0, 'human', 'tool'), 'openai', 'gpt-5', 200,
  'complete', 'reported', number % 5000, number % 900, toDecimal64(number % 100, 12) / 100, ${ingestedAt}, '${NEVER}', ${rowVersion}
FROM ${numbers}`;
}

async function run(sql: string): Promise<void> {
  await store.execute(defineStatement({ name: "bench", sql, params: z.object({}) }), {});
}

// TokenEvent v1: one attempt of one LLM call. The same names stand in the spool, in Kafka, in JSONL and in ClickHouse.
//
// Always holds: null means unknown, and unknown is never 0. The token counts are disjoint, so that
//   input + cache_read + cache_write_* + audio_input + image_input   is the provider's total input, and
//   output + reasoning + audio_output + image_output                 its total output, where it reports them.

import { z } from "zod";
import {
  APIS,
  CLASS_SOURCES,
  ENTRYPOINTS,
  ERROR_KINDS,
  IDENTITY_SOURCES,
  KEY_KINDS,
  REQUEST_KINDS,
  RUN_ID_SOURCES,
  STOP_KINDS,
  TERMINATED_BY,
  TRIGGERS,
  USAGE_SOURCES,
  WORKLOAD_CLASSES,
} from "./closed-lists.ts";

/** Longest text that a client or provider may put into a field. The gateway cuts longer words, takes longer ids for none, and refuses neither. */
export const FIELD_CHARS_MAX = 256;
export const TAGS_MAX = 16;
/** Counts beyond this are a provider's mistake or an attack; JavaScript could not add them exactly. */
export const COUNT_MAX = Number.MAX_SAFE_INTEGER;

/** Half of a surrogate pair, which JSON can hold and ClickHouse refuses with all of its batch, becomes U+FFFD. */
export const wellFormed = z.string().overwrite((value) => value.toWellFormed());
const text = wellFormed.max(FIELD_CHARS_MAX);
const unknownText = text.nullable();
export const count = z.int().min(0).max(COUNT_MAX);
export const unknownCount = count.nullable();
export const unknownUuid = z.uuid().nullable();

/** RFC 3339 in UTC with milliseconds, `2026-11-20T09:30:00.000Z`. Further digits are accepted, and dropped. */
export const time = z.iso.datetime().transform((value) => new Date(value).toISOString());

const identityFields = {
  /** As they were at the time of the call. */
  person_id: unknownUuid,
  team_id: unknownUuid,
  key_id: unknownUuid,
  identity_source: z.enum(IDENTITY_SOURCES),
  key_kind: z.enum(KEY_KINDS),
};

const attributionFields = {
  /** `claude-code`, `codex`, `openai-sdk`, … or `unknown`. */
  client: text,
  client_version: text,
  entrypoint: z.enum(ENTRYPOINTS),
  /** The client's session or thread; its own run id, or ours from `x-assay-run-id`; the human turn within it. */
  session_id: unknownText,
  client_run_id: unknownText,
  /** Who named that run. Records of older gateways do not say. */
  run_id_source: z.enum(RUN_ID_SOURCES).nullable().default(null),
  turn_id: unknownText,
  agent_id: unknownText,
  parent_agent_id: unknownText,
  parent_session_id: unknownText,
  /** The provider's id of the answer, and of the one that this call continues. */
  response_id: unknownText,
  previous_response_id: unknownText,
  /** The provider's request id, as the client sees it. */
  request_id: unknownText,
  /** What makes two calls one operation: the client's retry header, and a keyed hash of the body. */
  client_retry_count: unknownCount,
  body_hash: unknownText,
  request_kind: z.enum(REQUEST_KINDS),
  trigger: z.enum(TRIGGERS),
  workload_class: z.enum(WORKLOAD_CLASSES).nullable(),
  class_source: z.enum(CLASS_SOURCES),
  tags: z
    .record(text, text)
    .refine((tags) => Object.keys(tags).length <= TAGS_MAX, `more than ${TAGS_MAX} tags`),
};

const callFields = {
  provider: text,
  api: z.enum(APIS),
  model_requested: unknownText,
  model_served: unknownText,
  service_tier: unknownText,
  effort: unknownText,
  max_output_tokens: unknownCount,
  stream: z.boolean(),
  /** HTTP status sent to the client; 0 if none was. */
  status: z.int().min(0).max(999),
  error_kind: z.enum(ERROR_KINDS).nullable(),
  terminated_by: z.enum(TERMINATED_BY),
  /** The provider's own word, and the same in one vocabulary. */
  stop_reason: unknownText,
  stop_kind: z.enum(STOP_KINDS).nullable(),
  /** Bytes on the client's wire, bodies only. */
  request_bytes: count,
  /** Up to the chunk with the stream's last event; what closes the stream behind that (a blank line, `[DONE]`) may be missing. */
  response_bytes: count,
  messages: unknownCount,
  tools_offered: unknownCount,
};

const usageFields = {
  usage_source: z.enum(USAGE_SOURCES),
  /** Fresh input: neither read from nor written to a cache. */
  input_tokens: unknownCount,
  cache_read_tokens: unknownCount,
  cache_write_5m_tokens: unknownCount,
  cache_write_1h_tokens: unknownCount,
  /** Visible output, and hidden reasoning beside it. */
  output_tokens: unknownCount,
  reasoning_tokens: unknownCount,
  audio_input_tokens: unknownCount,
  audio_output_tokens: unknownCount,
  image_input_tokens: unknownCount,
  image_output_tokens: unknownCount,
  /** Web search and the like, billed by the provider: name → calls. */
  server_tool_calls: z.record(text, count),
  /** The provider's usage object as JSON, numbers and enum words only. */
  usage_raw: wellFormed.max(16_384).nullable(),
};

export const tokenEventSchema = z.strictObject({
  schema_version: z.literal(1),
  /** Made once in the gateway, UUIDv7; the key of deduplication. */
  event_id: z.uuid(),
  /** Which writer, and its gapless number: a gap proves a loss. Empty and 0 for imports. */
  gateway_id: text,
  sequence: count,
  /** When the request was fully or partly received. */
  started_at: time,
  /** From then to the first response byte sent to the client, and to the end, in milliseconds. */
  first_byte_ms: unknownCount,
  duration_ms: unknownCount,
  ...identityFields,
  ...attributionFields,
  ...callFields,
  ...usageFields,
  /** List price at the time in US dollars, and the price table's version; set by the sink. */
  cost_usd: z
    .string()
    .regex(/^\d{1,6}(\.\d{1,12})?$/)
    .nullable(),
  price_version: unknownText,
});

export type TokenEvent = z.infer<typeof tokenEventSchema>;

/** The token counts of an event, all disjoint, each null where unknown. */
export const TOKEN_FIELDS = [
  "input_tokens",
  "cache_read_tokens",
  "cache_write_5m_tokens",
  "cache_write_1h_tokens",
  "output_tokens",
  "reasoning_tokens",
  "audio_input_tokens",
  "audio_output_tokens",
  "image_input_tokens",
  "image_output_tokens",
] as const satisfies readonly (keyof TokenEvent)[];

export type TokenField = (typeof TOKEN_FIELDS)[number];

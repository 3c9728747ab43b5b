// What may be evidence of a mechanism, and what never is: individual idle time, speed and presence are what an authority fined a company for
// (CNIL, SAN-2023-021), prose features flag people who write in a second language, and another person's total says nothing about anybody.
//
// A test asks the database itself what the gathering and each signal read, after names and aliases are resolved, and holds it against these
// lists. So a column or a function that is on neither list can't become evidence by oversight either.

/** Columns of the records from which evidence is gathered, and no others (gather-calls.ts). */
export const EVIDENCE_SOURCES: readonly string[] = [
  ...columns("calls", "event_id person_id run_id run_source agent_id parent_agent_id started_at reason"),
  ...columns("calls", "workload_class class_source"),
  ...columns("runs", "person_id run_id started_at ended_at"),
  ...columns(
    "token_events",
    "event_id person_id started_at key_kind request_kind trigger entrypoint stop_kind",
  ),
  ...columns("token_events", "cost_usd cache_read_tokens cache_write_5m_tokens cache_write_1h_tokens"),
  ...columns("call_features", "event_id person_id started_at sketch_epoch delta_hash delta_hash_previous"),
  ...columns("call_features", "delta_sketch delta_blocks delta_repetition delta_compression"),
  ...columns(
    "call_features",
    "output_hash output_sketch output_blocks prefix_hash parent_prefix_hash system_hash",
  ),
  ...columns("call_features", "tool_names tool_kinds tool_target_hashes tool_result_hashes"),
];

/** Never gathered, by what it would say. */
export const FORBIDDEN_SOURCES: Readonly<Record<string, readonly string[]>> = {
  "speed, and how long somebody waited": columns("token_events", "duration_ms first_byte_ms"),
  "length of what people write": [
    ...columns("call_features", "delta_human_chars delta_tool_chars output_chars"),
    ...columns("token_events", "request_bytes input_tokens messages"),
  ],
  "a person's total": [
    ...columns("person_weeks", "cost_usd calls runs"),
    ...columns("runs", "cost_usd calls turns"),
    ...columns("usage_days", "cost_usd calls"),
  ],
};

/**
 * What a signal may do with a time: find what comes first, what came before what, and whether there is one. Differences (idle time, speed) and
 * parts (the hour, the day) are not among it.
 */
export const TIME_FUNCTIONS: readonly string[] = words(`
  min max minIf maxIf argMin argMax groupArray arraySort arrayElement tuple tupleElement less lessOrEquals greater greaterOrEquals
  isNull isNotNull`);

/** The one signal that reads the phase of a start does it by this, modulo an hour at most. */
export const PHASE_FUNCTION = { signal: "phase_lock", name: "toUnixTimestamp64Milli" } as const;

/** Everything that signals compute with. None of it tells a language, a word or a time of day. */
export const SIGNAL_FUNCTIONS: readonly string[] = words(`
  and or not if multiIf equals notEquals less lessOrEquals greater greaterOrEquals in globalIn isNull isNotNull ifNull assumeNotNull _CAST
  plus minus multiply divide modulo intDiv pow sqrt sin cos pi least greatest toFloat64
  empty notEmpty length map tuple tupleElement arrayCount arrayDistinct arrayElement arrayFlatten arrayIntersect arrayJoin
  arrayResize arraySort
  any argMax avg count countIf sum sumIf sumCount max maxIf min uniqExact groupArray groupArrayIf groupUniqArray groupUniqArrayIf
  groupUniqArrayArray groupUniqArrayArrayIf lagInFrame leadInFrame row_number`);

function columns(table: string, names: string): string[] {
  return words(names).map((name) => `${table}.${name}`);
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

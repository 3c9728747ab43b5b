-- One row an attempt of one LLM call: TokenEvent v1 of schemas/token-event.ts, column by column. NULL is unknown and never 0.
-- Words of closed lists are strings and no enums, so that an added word needs no migration.
--
-- Order: started_at never changes for an event_id, so equal event_ids have equal keys and collapse into the row with the
-- highest row_version, or the last one where versions are equal. Time comes first because every reader has a bound on it.
-- Parts are split by month of the same column, so that duplicates never lie in different ones.
-- Duplicates: any number, from redelivery, import and repricing. They are gone after a merge at some later time, so every
-- reader says FINAL.
-- Disk: an insert is acknowledged when its rows would survive a power cut, because the spool forgets them then. It costs
-- some 10 ms a batch.
CREATE TABLE IF NOT EXISTS token_events
(
    schema_version UInt8,
    event_id UUID,
    gateway_id LowCardinality(String), -- '' for imports
    sequence UInt64, -- gapless for a gateway_id; 0 for imports
    started_at DateTime64(3, 'UTC'),
    first_byte_ms Nullable(UInt64),
    duration_ms Nullable(UInt64),

    person_id Nullable(UUID), -- NULL: nobody vouches for a person
    team_id Nullable(UUID),
    key_id Nullable(UUID),
    identity_source LowCardinality(String),
    key_kind LowCardinality(String),

    client LowCardinality(String),
    client_version LowCardinality(String),
    entrypoint LowCardinality(String),
    session_id Nullable(String),
    client_run_id Nullable(String),
    turn_id Nullable(String),
    agent_id Nullable(String),
    parent_agent_id Nullable(String),
    parent_session_id Nullable(String),
    response_id Nullable(String),
    previous_response_id Nullable(String),
    request_id Nullable(String),
    client_retry_count Nullable(UInt64),
    body_hash Nullable(String),
    request_kind LowCardinality(String),
    trigger LowCardinality(String),
    workload_class LowCardinality(Nullable(String)), -- NULL: the client declared none
    class_source LowCardinality(String),
    tags Map(LowCardinality(String), String),

    provider LowCardinality(String),
    api LowCardinality(String),
    model_requested LowCardinality(Nullable(String)),
    model_served LowCardinality(Nullable(String)),
    service_tier LowCardinality(Nullable(String)),
    effort LowCardinality(Nullable(String)),
    max_output_tokens Nullable(UInt64),
    stream Bool,
    status UInt16, -- HTTP status sent to the client; 0: none was
    error_kind LowCardinality(Nullable(String)), -- NULL: no error
    terminated_by LowCardinality(String),
    stop_reason LowCardinality(Nullable(String)),
    stop_kind LowCardinality(Nullable(String)),
    request_bytes UInt64,
    response_bytes UInt64,
    messages Nullable(UInt64),
    tools_offered Nullable(UInt64),

    -- Disjoint: no token is in two of the counts.
    usage_source LowCardinality(String),
    input_tokens Nullable(UInt64),
    cache_read_tokens Nullable(UInt64),
    cache_write_5m_tokens Nullable(UInt64),
    cache_write_1h_tokens Nullable(UInt64),
    output_tokens Nullable(UInt64),
    reasoning_tokens Nullable(UInt64),
    audio_input_tokens Nullable(UInt64),
    audio_output_tokens Nullable(UInt64),
    image_input_tokens Nullable(UInt64),
    image_output_tokens Nullable(UInt64),
    server_tool_calls Map(LowCardinality(String), UInt64),
    usage_raw Nullable(String), -- JSON
    cost_usd Nullable(Decimal(18, 12)), -- list price; NULL: no known price, or no known usage
    price_version LowCardinality(Nullable(String)),

    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3),
    expires_at DateTime('UTC'), -- retention, counted from the call, or from the import
    -- Generation of the price table * 2, + 1 when the call's accounting record is in, + 0 while only its intent is: a late
    -- intent never undoes an event, and a redelivery never undoes a repricing.
    row_version UInt64,

    -- Analytics asks what came in since it last looked; that is the newest parts, whatever the time of the calls.
    INDEX ingested_at_range ingested_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(row_version)
PARTITION BY toYYYYMM(started_at)
ORDER BY (started_at, event_id)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

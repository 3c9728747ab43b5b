-- What attribution needs: features of calls, classes that people declared afterwards, and what analytics finds out with both.

-- One row a call whose features could be made: CallFeatures v1 of schemas/call-features.ts, column by column. Hashes are
-- base64url under the key of their epoch, NULL unknown. Every list is empty where nothing is known.
-- Order and duplicates: as token_events. A redelivery brings the same row again; any one of them stays.
CREATE TABLE IF NOT EXISTS call_features
(
    schema_version UInt8,
    event_id UUID,
    started_at DateTime64(3, 'UTC'), -- of the event; never changes for an event_id
    person_id Nullable(UUID),
    sketch_epoch UInt32,

    prefix_hash Nullable(String),
    parent_prefix_hash Nullable(String),
    answer_hash Nullable(String),
    parent_answer_hash Nullable(String),
    system_hash Nullable(String),
    prefix_hash_previous Nullable(String),
    parent_prefix_hash_previous Nullable(String),
    parent_answer_hash_previous Nullable(String),
    system_hash_previous Nullable(String),
    delta_hash_previous Nullable(String),
    spawn_hashes Array(String),

    delta_human_chars Nullable(UInt64),
    delta_tool_chars Nullable(UInt64),
    delta_hash Nullable(String),
    delta_sketch Array(UInt32),
    delta_compression Nullable(Float64),
    delta_repetition Nullable(Float64),
    delta_blocks Array(UInt64),

    output_chars Nullable(UInt64),
    output_compression Nullable(Float64),
    output_hash Nullable(String),
    output_sketch Array(UInt32),
    output_blocks Array(UInt64),

    tool_names Array(LowCardinality(String)),
    tool_kinds Array(LowCardinality(String)),
    tool_args_hashes Array(String),
    tool_target_hashes Array(String), -- link key; '' none
    tool_call_hashes Array(String), -- '' the call has no id
    tool_result_hashes Array(String),
    tool_result_call_hashes Array(String),
    tool_result_states Array(LowCardinality(String)),
    tool_results_ok Nullable(UInt64),
    tool_results_error Nullable(UInt64),

    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3),
    expires_at DateTime('UTC'), -- retention of sketches, counted from the call, or from the import

    INDEX ingested_at_range ingested_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toMonday(started_at)
ORDER BY (started_at, event_id)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Classes that people declared beside the call: a run that was corrected, and the times of registered schedules. Written from
-- Postgres, where the decisions are; analytics reads it here, because it joins it with calls.
-- Order: a person's together. Duplicates: the highest version of a key counts; one that no longer holds is written with is_deleted.
CREATE TABLE IF NOT EXISTS declared_classes
(
    person_id UUID, -- zero: of a service key
    source LowCardinality(String), -- 'run': a correction; 'schedule'
    declaration_id UUID, -- of the correction or the schedule in Postgres
    from_at DateTime64(3, 'UTC'), -- schedule: runs that start from here on; correction: the start of the call it names
    to_at DateTime64(3, 'UTC'), -- schedule: and before here
    event_id UUID, -- correction: a call of the run that it is of, whatever the run's id is by now; zero for a schedule
    key_id UUID, -- schedule: of this key alone; zero: of any
    workload_class LowCardinality(String),
    declared_at DateTime64(3, 'UTC'), -- of two corrections of one run the later counts
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3),
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, source, declaration_id, from_at)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Who named the run of a call: 'explicit' its header of ours, 'client' the client itself; NULL for calls without a run id, and
-- for those that were stored before this column was.
ALTER TABLE token_events ADD COLUMN IF NOT EXISTS run_id_source LowCardinality(Nullable(String)) AFTER client_run_id;

ALTER TABLE calls ADD COLUMN IF NOT EXISTS turn_id String AFTER run_source; -- '' unknown

ALTER TABLE calls ADD COLUMN IF NOT EXISTS agent_id String AFTER turn_id; -- '' the run's main agent

ALTER TABLE calls ADD COLUMN IF NOT EXISTS parent_agent_id String AFTER agent_id; -- '' the main agent's, or none

ALTER TABLE calls ADD COLUMN IF NOT EXISTS class_source LowCardinality(String) AFTER workload_class; -- '' undeclared

ALTER TABLE runs ADD COLUMN IF NOT EXISTS class_source LowCardinality(String) AFTER workload_class; -- '' undeclared

ALTER TABLE runs ADD COLUMN IF NOT EXISTS turns UInt32 AFTER calls; -- human prompts, as far as they are known

ALTER TABLE runs ADD COLUMN IF NOT EXISTS agents UInt32 AFTER turns; -- the main one, and its sub-agents

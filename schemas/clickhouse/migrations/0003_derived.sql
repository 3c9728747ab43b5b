-- What analytics derives from the records, and the dashboard reads. Everything here can be computed again while the records
-- are kept.
--
-- All of these tables: rows are replaced by key, by the pass of analytics with the higher version (its time in microseconds
-- since 1970); a row that is no longer so is written again with is_deleted = 1. Duplicates: one row a key and pass until a
-- merge. Readers say FINAL and get the newest that is not deleted.
-- Keys start with person_id, because every page is about one person; a call that is nobody's has the zero UUID, because a
-- NULL in a key costs every reader. expires_at is set from the settings by the pass.
-- Token sums run over the calls whose usage is known, cost sums over those that also have a price; the two counts say over
-- how many they do not.
-- Disk: as token_events, because a pass notes in analysis_state what it need not look at again.

-- One row a call: which run, operation and attempt it belongs to, and whether it counts.
-- Order: started_at never changes for an event_id.
CREATE TABLE IF NOT EXISTS calls
(
    event_id UUID,
    person_id UUID,
    started_at DateTime64(3, 'UTC'),
    run_id String,
    run_source LowCardinality(String),
    operation_id String, -- the attempts of one call share it
    attempt UInt16, -- from 1
    credited Bool,
    reason LowCardinality(String), -- '' when credited
    workload_class LowCardinality(String), -- '' undeclared
    computed_at DateTime64(3, 'UTC'),
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, started_at, event_id)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row for each day, model, client, class, kind and reason of a person.
-- Order: the day comes right after the person, because pages ask for a range of days.
CREATE TABLE IF NOT EXISTS usage_days
(
    person_id UUID,
    day Date, -- of the call's start, in the organisation's zone
    model LowCardinality(String), -- '' unknown
    client LowCardinality(String),
    workload_class LowCardinality(String), -- '' undeclared
    request_kind LowCardinality(String),
    reason LowCardinality(String), -- '' credited
    calls UInt64,
    unknown_usage_calls UInt64,
    unpriced_calls UInt64,
    input_tokens UInt64,
    cache_read_tokens UInt64,
    cache_write_5m_tokens UInt64,
    cache_write_1h_tokens UInt64,
    output_tokens UInt64,
    reasoning_tokens UInt64,
    audio_input_tokens UInt64,
    audio_output_tokens UInt64,
    image_input_tokens UInt64,
    image_output_tokens UInt64,
    cost_usd Decimal(38, 12),
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, day, model, client, workload_class, request_kind, reason)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row a run. Once the first of its calls' records has been dropped it can't be summed again, so it stays as it was.
-- Order: not by time, because a late call can change when a run started, and its row still has to replace the old one.
CREATE TABLE IF NOT EXISTS runs
(
    person_id UUID,
    run_id String,
    run_source LowCardinality(String),
    session_id String, -- '' none
    client LowCardinality(String),
    workload_class LowCardinality(String), -- '' undeclared
    started_at DateTime64(3, 'UTC'), -- of the first call
    ended_at DateTime64(3, 'UTC'), -- of the last call's end
    calls UInt64,
    unknown_usage_calls UInt64,
    unpriced_calls UInt64,
    models Array(String),
    input_tokens UInt64,
    cache_read_tokens UInt64,
    cache_write_5m_tokens UInt64,
    cache_write_1h_tokens UInt64,
    output_tokens UInt64,
    reasoning_tokens UInt64,
    audio_input_tokens UInt64,
    audio_output_tokens UInt64,
    image_input_tokens UInt64,
    image_output_tokens UInt64,
    cost_usd Decimal(38, 12),
    credited_cost_usd Decimal(38, 12),
    uncredited_cost_usd Map(LowCardinality(String), Decimal(38, 12)), -- by reason
    inputs_expire_at DateTime('UTC'), -- when the first of the records behind the row is dropped
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, run_id)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row for each week and class of a person. A cost falls in the week of its call. Once the first record of the week has
-- been dropped, nothing of the week is computed again.
CREATE TABLE IF NOT EXISTS person_weeks
(
    person_id UUID,
    week Date, -- the Monday, in the organisation's zone
    workload_class LowCardinality(String), -- '' undeclared
    runs UInt64, -- with at least one call in the week
    calls UInt64,
    unknown_usage_calls UInt64,
    unpriced_calls UInt64,
    input_tokens UInt64,
    cache_read_tokens UInt64,
    cache_write_5m_tokens UInt64,
    cache_write_1h_tokens UInt64,
    output_tokens UInt64,
    reasoning_tokens UInt64,
    audio_input_tokens UInt64,
    audio_output_tokens UInt64,
    image_input_tokens UInt64,
    image_output_tokens UInt64,
    cost_usd Decimal(38, 12),
    credited_cost_usd Decimal(38, 12),
    uncredited_cost_usd Map(LowCardinality(String), Decimal(38, 12)), -- by reason
    inputs_expire_at DateTime('UTC'), -- when the first of the records behind the row is dropped
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, week, workload_class)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Where analytics got to: one row a name, the highest version counts.
CREATE TABLE IF NOT EXISTS analysis_state
(
    name String,
    value String,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Whose calls a pass computes again, and from when on: everything of the person that started at from_at or later. Written
-- and read by one pass; kept a day, so that what a pass did can be looked up.
CREATE TABLE IF NOT EXISTS analysis_windows
(
    version UInt64,
    person_id UUID,
    from_at DateTime64(3, 'UTC'),
    from_day Date, -- the day of from_at, in the organisation's zone
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, person_id)
TTL written_at + INTERVAL 1 DAY;

-- One row a thing of value, or its reversal: Outcome v1 of schemas/outcome.ts, column by column.
--
-- Order: outcome_id alone, because a source may correct the times of an outcome when it sends it again.
-- Duplicates: any number, from redelivered webhooks and imports; the last delivery wins. Readers say FINAL.
-- Disk: as token_events.
CREATE TABLE IF NOT EXISTS outcomes
(
    schema_version UInt8,
    outcome_id String,
    kind LowCardinality(String),
    occurred_at DateTime64(3, 'UTC'),
    credited_at DateTime64(3, 'UTC'), -- counts from then on
    person_id Nullable(UUID),
    run_id Nullable(String),
    session_id Nullable(String),
    request_id Nullable(String),
    repo_hash Nullable(String), -- link-keyed hashes, never names
    branch_hash Nullable(String),
    ticket_hash Nullable(String),
    change_hash Nullable(String),
    file_hashes Array(String),
    quantity Float64, -- effective lines, accepted edits, or 1
    gross_quantity Float64, -- the same before exclusions and caps
    reviewed_by_other Nullable(Bool),
    reverses Nullable(String), -- outcome_id that this one takes back; NULL: none
    source LowCardinality(String),
    trust LowCardinality(String),

    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3),
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(ingested_at)
ORDER BY outcome_id
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- By what people find their runs, and what they say of outcomes that were linked to theirs.

ALTER TABLE runs ADD COLUMN IF NOT EXISTS tags Array(LowCardinality(String)) AFTER models; -- of its calls, each `name=value`; sorted, 100 at most

ALTER TABLE analysis_outcomes ADD COLUMN IF NOT EXISTS repo_hash String AFTER quantity; -- '' unknown

ALTER TABLE outcome_links ADD COLUMN IF NOT EXISTS repo_hash String AFTER quantity; -- link key; '' unknown

-- Outcomes that a person says did not come of their runs. None of them is linked to a run of that person; the shares of others stay.
-- It lies here and not beside the other decisions of people, because it says nothing without the outcome and is an input of the
-- sums: one store can't say that it holds while the other one does not know of it.
-- Order: one row a person and outcome. Duplicates: the highest version counts; one that was taken back is written with is_deleted.
CREATE TABLE IF NOT EXISTS outcome_disputes
(
    person_id UUID,
    outcome_id String,
    run_id String, -- on whose page it was disputed
    reason String, -- the person's own words
    kind LowCardinality(String), -- of the outcome, and how it was linked then: the link itself goes
    source LowCardinality(String),
    trust LowCardinality(String),
    linked_by LowCardinality(String),
    share Float64,
    occurred_at DateTime64(3, 'UTC'),
    credited_at DateTime64(3, 'UTC'),
    repo_hash String, -- '' unknown
    disputed_at DateTime64(3, 'UTC'),
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3),
    version UInt64, -- microseconds since 1970
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC') -- with the run
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, outcome_id)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Whose repetitions a pass looks for, and where the first of their calls lies that may have changed.
-- Order: a pass reads its own rows. Duplicates: none are made. A row is of no use once its pass has ended.
CREATE TABLE IF NOT EXISTS analysis_people
(
    version UInt64,
    person_id UUID,
    changed_from DateTime64(3, 'UTC'),
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, person_id)
TTL written_at + INTERVAL 1 HOUR;

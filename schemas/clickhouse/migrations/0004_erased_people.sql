-- Tombstones: who was erased. Sink, import and repricing ask here before they write, so that nothing late brings a person's rows
-- back: a redelivery, a spool that was cut off for weeks, a retried dead letter.
--
-- Kept for ever, because there is no latest moment at which an old record can come in: a file of `export events` can be
-- imported years later. What is kept is a random number that nothing refers to any longer.
-- Order: rows are looked up by person. Duplicates: of one person, from an erasure that was run again; readers take the rows for
-- a set and need no FINAL.
-- Disk: as token_events, because the rows are removed once the tombstone is acknowledged.
CREATE TABLE IF NOT EXISTS erased_people
(
    person_id UUID,
    erased_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(erased_at)
ORDER BY person_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

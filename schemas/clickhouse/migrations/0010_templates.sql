-- Texts that the organisation itself hands out: what people send of them is no evidence of replay (docs/method.md).

-- Sketches of all of them that one pass compares prompts with, under the key of each epoch that it meets. They are of nobody.
-- Order: a pass reads its own rows. Duplicates: none are made. A row is of no use once its pass has ended.
CREATE TABLE IF NOT EXISTS signal_templates
(
    version UInt64,
    sketch_epoch UInt32,
    sketch Array(UInt32),
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, sketch_epoch)
TTL written_at + INTERVAL 1 HOUR;

-- The prompt is alike to such a text.
ALTER TABLE signal_prompts ADD COLUMN IF NOT EXISTS is_template Bool AFTER is_short;

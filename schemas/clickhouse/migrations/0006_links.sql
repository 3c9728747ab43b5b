-- How calls without a client's id are put together: which call each of them continues, and the tables in which a pass of
-- analytics works that out.

-- A link outlives the features by which it was found: they are kept for a shorter time than the call.
ALTER TABLE calls ADD COLUMN IF NOT EXISTS parent_event_id UUID AFTER parent_agent_id; -- the call that it continues; zero: none

ALTER TABLE calls ADD COLUMN IF NOT EXISTS link LowCardinality(String) AFTER parent_event_id; -- by what it is linked; '' not

-- Whom a class that is declared beside the call is of, and what the class is by the call alone.
ALTER TABLE calls ADD COLUMN IF NOT EXISTS key_id UUID AFTER started_at; -- zero: none

ALTER TABLE calls ADD COLUMN IF NOT EXISTS own_class LowCardinality(String) AFTER class_source; -- '' undeclared

ALTER TABLE calls ADD COLUMN IF NOT EXISTS own_class_source LowCardinality(String) AFTER own_class; -- '' undeclared

-- What a pass that did not end had begun is found here by the next one, also after some days without a service.
ALTER TABLE analysis_windows MODIFY TTL written_at + INTERVAL 7 DAY;

-- The calls without ids that one pass looks at, and by what each of them may meet another: hashes of owner, kind and the keyed
-- hash or id that both know.
-- Order: a pass reads its own rows. Duplicates: none are made. A row is of no use once its pass has ended.
CREATE TABLE IF NOT EXISTS analysis_calls
(
    version UInt64,
    person_id UUID,
    event_id UUID,
    started_at DateTime64(3, 'UTC'),
    ended_at DateTime64(3, 'UTC'),
    place UInt64, -- in the order of start and id, over all rows of the pass
    is_new Bool, -- its link is to be found; otherwise others may continue it, and no more
    has_features Bool,
    offers Array(UInt128), -- what a call that continues it would seek
    seeks Array(Tuple(UInt8, UInt128)), -- the higher the number, the surer the link
    repeated_id UUID, -- the failed call that it tries again; zero: none
    companion UInt128, -- openings of one owner, client and text have the same; 0: not an opening of which it is known
    is_auxiliary Bool,
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, person_id, place)
TTL written_at + INTERVAL 1 HOUR;

-- Which call each of them continues, and in further steps the call above that, and above that, until the first is found.
-- Order and duplicates: as analysis_calls.
CREATE TABLE IF NOT EXISTS analysis_links
(
    version UInt64,
    person_id UUID,
    step UInt8, -- after so many doublings of the way up
    is_final Bool, -- above_id continues nothing
    event_id UUID,
    parent_event_id UUID,
    link LowCardinality(String),
    above_id UUID, -- at first the parent
    agents Array(UUID), -- openings of sub-agents on the way there, this call's own first: two at most
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, step, person_id, event_id)
TTL written_at + INTERVAL 1 HOUR;

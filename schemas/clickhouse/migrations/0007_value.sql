-- Value beside volume: which outcomes belong to which runs, what was expected of them, and which mechanisms were seen.
--
-- Rows are replaced as those of 0003_derived.sql are: by key, by the pass with the higher version; readers say FINAL. None of
-- these rows ever says something of nobody: the zero person has no scores.
-- What is frozen (class_baselines, signal_references) is written once a week and never again, also by a rebuild of everything.

-- What of a run outcomes are linked by, kept as long as the run, because an outcome may come long after the calls are gone.
CREATE TABLE IF NOT EXISTS run_links
(
    person_id UUID,
    run_id String,
    client_run_ids Array(String),
    session_ids Array(String), -- the run's root session, and its agents' own
    request_keys Array(UInt64), -- of the providers' request ids (analytics/queries/link-keys.ts)
    started_at DateTime64(3, 'UTC'),
    ended_at DateTime64(3, 'UTC'),
    file_hashes Array(String), -- link key: ends of the paths of files that it wrote
    has_writes Bool, -- a tool of kind write was asked for
    features_expire_at DateTime('UTC'), -- when the first of the features behind the row is dropped; from then on nothing is taken off it
    inputs_expire_at DateTime('UTC'), -- when the first of its calls is dropped; from then on the row stays as it is
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, run_id)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row an outcome and a run that has a share in it. The shares of one outcome sum to 1. A pass writes only what has changed, so
-- that the rows of its version tell what later steps have to look at again.
CREATE TABLE IF NOT EXISTS outcome_links
(
    person_id UUID, -- of the run
    run_id String,
    outcome_id String, -- of several that tell of one thing, the most trusted one's
    kind LowCardinality(String),
    source LowCardinality(String),
    trust LowCardinality(String), -- low also for a merge that nobody else has approved
    linked_by LowCardinality(String),
    share Float64,
    quantity Float64, -- of the whole outcome
    occurred_at DateTime64(3, 'UTC'),
    credited_at DateTime64(3, 'UTC'), -- counts from then on, unless it is reversed
    reversed_at Nullable(DateTime64(3, 'UTC')), -- a reversal takes it back from then on; NULL: it holds
    told_by UInt32, -- outcomes that tell of the same thing
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, run_id, outcome_id)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The outcomes that one pass links, and by what each of them may meet a run. Written and read by one pass.
-- Order: a pass reads its own rows. Duplicates: none are made; several rows may tell of one thing.
CREATE TABLE IF NOT EXISTS analysis_outcomes
(
    version UInt64,
    outcome_id String, -- of the thing: the most trusted outcome that tells of it
    member_id String, -- of this outcome
    person_id UUID, -- zero: nobody is named
    kind LowCardinality(String),
    source LowCardinality(String), -- of the thing, as all that follows
    trust LowCardinality(String),
    quantity Float64,
    occurred_at DateTime64(3, 'UTC'),
    credited_at DateTime64(3, 'UTC'),
    reversed_at Nullable(DateTime64(3, 'UTC')),
    told_by UInt32,
    names UInt32, -- runs that this outcome names
    seeks Array(Tuple(UInt8, UInt64)), -- the lower the number, the surer the link (analytics/queries/link-keys.ts)
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, outcome_id)
TTL written_at + INTERVAL 1 HOUR;

-- What is expected of a run in a week, and what an outcome usually costs, by class and tier. Frozen: the rows of a week are made
-- once, for all classes and tiers at the same time, from the weeks before it.
CREATE TABLE IF NOT EXISTS class_baselines
(
    week Date,
    workload_class LowCardinality(String), -- '' undeclared
    model_tier LowCardinality(String),
    is_default Bool, -- the shipped expectations: too few runs of the organisation's own
    runs UInt64, -- of the class and tier, in the weeks before
    coverage Nullable(Float64), -- observable runs / runs, of the class; NULL: too few runs to tell
    cost_edges Array(Float64), -- upper bound in USD of each bin but the last
    expected_outcomes Array(Float64), -- of one run, by bin; one longer
    dispersion Float64, -- variance of people's yields beyond chance; of the class
    prior_shape Float64, -- a of Gamma(a, b); of the class
    prior_rate Float64, -- b
    reference_outcomes Float64, -- that were looked at for the cost of one
    reference_cost_usd Float64, -- usual cost of an outcome
    method_version String,
    version UInt64,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (week, workload_class, model_tier)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The usual cost of an outcome for those who have outcomes of the class and tier themselves: what it is among all others, because
-- nobody's own runs say what is usual for them. Frozen likewise.
CREATE TABLE IF NOT EXISTS outcome_costs
(
    person_id UUID,
    week Date,
    workload_class LowCardinality(String),
    model_tier LowCardinality(String),
    reference_cost_usd Float64,
    method_version String,
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, week, workload_class, model_tier)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Effects of a signal in the weeks before a week, of people of a class: one week of each person, so that nobody's habits count twice.
-- Sorted. Frozen likewise: a week has a row as soon as one of its person-weeks was looked at, if only an empty one. It names nobody.
CREATE TABLE IF NOT EXISTS signal_references
(
    week Date,
    workload_class LowCardinality(String),
    signal LowCardinality(String),
    effects Array(Float64),
    method_version String,
    version UInt64,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (week, workload_class, signal)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Value and volume of one run.
CREATE TABLE IF NOT EXISTS run_scores
(
    person_id UUID,
    run_id String,
    week Date, -- the Monday of its first call, in the organisation's zone
    workload_class LowCardinality(String),
    model_tier LowCardinality(String),
    is_scheduled Bool, -- its class comes from a registered schedule
    is_observable Bool, -- it wrote something, or has an outcome
    is_provisional Bool, -- younger than the longest credit delay
    is_value_scored Bool, -- outcomes of its class can be seen (coverage); otherwise nothing is concluded from their absence
    cost_usd Float64, -- list price of all of its calls
    credited_cost_usd Float64,
    expected_outcomes Float64, -- 0 where nothing was asked for: heartbeats, retries and failures alone
    due_outcomes Float64, -- shares of outcomes that count
    pending_outcomes Float64, -- shares of those that do not yet
    reversed_outcomes Float64,
    value_points Float64,
    reference_cost_usd Float64, -- usual cost of such an outcome among others
    earned_cost_usd Float64, -- usual cost of what came out; none of a scheduled run
    unobservable_cost_usd Float64, -- credited cost, where outcomes can't be seen and there is none
    holds_from DateTime64(3, 'UTC'), -- time alone changes the row before then, and from holds_until on
    holds_until DateTime64(3, 'UTC'),
    method_version String,
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, run_id)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Value and volume of a person-week of a class. The yield is over the weeks before as well (method: yield.weeks).
CREATE TABLE IF NOT EXISTS week_scores
(
    person_id UUID,
    week Date,
    workload_class LowCardinality(String),
    runs UInt64,
    earned_cost_usd Float64,
    unobservable_cost_usd Float64,
    scheduled_cost_usd Float64,
    value_points Float64,
    due_outcomes Float64, -- of the week's runs
    expected_outcomes Float64, -- of the week's runs
    yield_outcomes Float64, -- over the yield's weeks, of runs that are not provisional
    yield_expected Float64,
    yield Nullable(Float64), -- 1: as expected; NULL: value scoring is off for the class, or nothing was expected
    yield_low Nullable(Float64),
    yield_high Nullable(Float64),
    p_low_value Nullable(Float64), -- NULL also while it is not known whether outcomes of the class can be seen
    verdict LowCardinality(String),
    is_meaningful Bool, -- meaningful weekly use (method: targets), by this class alone
    inputs_hash UInt64, -- of the rows of run_scores behind the row, whatever their order
    inputs_expire_at DateTime('UTC'), -- when the first of them is dropped; then the row stays as it is
    method_version String,
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, week, workload_class)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What one signal found in a person-week. A row is there where the signal had enough to look at.
CREATE TABLE IF NOT EXISTS week_signals
(
    person_id UUID,
    week Date,
    signal LowCardinality(String),
    family LowCardinality(String),
    workload_class LowCardinality(String), -- of most of the named cost; whose reference it was held against
    effect Float64,
    floor Float64,
    cases UInt64, -- what the effect is a share or a mean of
    p_value Nullable(Float64), -- times the number of signals of its family; NULL: neither an absolute null nor enough references
    p_value_source LowCardinality(String),
    is_above_floor Bool,
    run_ids Array(String), -- the runs that it names, dearest first, 500 at most
    named_cost_usd Float64, -- of all of them, in that week
    inputs_expire_at DateTime('UTC'), -- when the first of the features behind it is dropped; then the row stays as it is
    method_version String,
    version UInt64,
    is_deleted UInt8 DEFAULT 0,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (person_id, week, signal)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Whether a target of the organisation is reached for, as of a week: one row a target and week, without a name in it.
CREATE TABLE IF NOT EXISTS target_findings
(
    target_id UUID,
    week Date, -- the one in which it was tested
    verdict LowCardinality(String), -- 'bunching', 'none_seen', 'too_few'
    person_weeks UInt64,
    excess Nullable(Float64),
    excess_low Nullable(Float64),
    excess_high Nullable(Float64),
    p_value Nullable(Float64),
    placebo_excess Nullable(Float64),
    method_version String,
    version UInt64,
    expires_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (target_id, week)
TTL expires_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The person-weeks whose signals one pass measures. Written and read by one pass, as the three tables after it.
CREATE TABLE IF NOT EXISTS signal_weeks
(
    version UInt64,
    person_id UUID,
    week Date,
    inputs_expire_at DateTime('UTC'),
    expires_at DateTime('UTC'), -- of what is found
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, week, person_id)
TTL written_at + INTERVAL 1 HOUR;

-- Their calls, with all that signals may look at and nothing else. Texts are the keyed hashes of call_features, shortened; 0 unknown.
CREATE TABLE IF NOT EXISTS signal_calls
(
    version UInt64,
    person_id UUID,
    week Date,
    run_id String,
    agent_id String, -- '' the run's main agent
    parent_agent_id String,
    started_at DateTime64(3, 'UTC'),
    event_id UUID,
    is_agent Bool, -- of a sub-agent
    is_opening Bool, -- the first of its run; of a sub-agent's call, the agent's first
    is_prompt Bool, -- an opening, or a person's turn
    trigger LowCardinality(String),
    entrypoint LowCardinality(String),
    workload_class LowCardinality(String), -- '' undeclared
    cost_usd Float64, -- 0 where it is unknown
    text UInt64, -- of what is new in it
    sketch_epoch UInt32,
    sketch Array(UInt32), -- of the same text, where a person may have said it or it opens something; [] of a short one
    has_tool_results Bool,
    repetition Nullable(Float64), -- of the same text, as in call_features
    compression Nullable(Float64),
    blocks Array(UInt64), -- of the same text, where a person may have said it
    output UInt64,
    output_sketch Array(UInt32), -- where the answer asks for no tool
    output_blocks Array(UInt64), -- likewise
    is_cut_off Bool, -- stopped at the length limit
    has_effect Bool, -- asks for a tool of kind write, execute or communicate
    targets Array(UInt64), -- of a sub-agent's tool calls
    prefix UInt64,
    parent_prefix UInt64,
    system UInt64,
    cache_read_tokens UInt64,
    cache_write_tokens UInt64,
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, week, person_id, run_id, started_at, event_id)
TTL written_at + INTERVAL 1 HOUR;

-- The runs that they are of, as far as they lie in the week.
CREATE TABLE IF NOT EXISTS signal_runs
(
    version UInt64,
    person_id UUID,
    week Date,
    run_id String,
    workload_class LowCardinality(String), -- '' undeclared
    cost_usd Float64,
    has_effect Bool, -- a call of it asks for a tool of kind write, execute or communicate
    has_outcome Bool, -- one is linked to it, and was not reversed
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, week, person_id, run_id)
TTL written_at + INTERVAL 1 HOUR;

-- Which of their prompts and openings say the same.
CREATE TABLE IF NOT EXISTS signal_prompts
(
    version UInt64,
    person_id UUID,
    week Date,
    run_id String,
    agent_id String,
    parent_agent_id String,
    started_at DateTime64(3, 'UTC'),
    event_id UUID,
    is_agent Bool,
    is_opening Bool,
    is_short Bool, -- too short to be compared but for equality
    cluster UInt64, -- the text that the texts of one cluster are alike to; a text without the like is its own
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, week, person_id, cluster, started_at, event_id)
TTL written_at + INTERVAL 1 HOUR;

-- Why a call is not credited may be known from its features alone. Once the first of those behind the reason is dropped, the reason
-- stays as it is.
ALTER TABLE calls ADD COLUMN IF NOT EXISTS inputs_expire_at DateTime('UTC') AFTER reason; -- 1970: no features are behind it

-- Calls that bring a text of their own, as far as it can be compared with others of the same person: what one pass looks at to find
-- heartbeats and replays.
-- Order: a pass reads its own rows. Duplicates: none are made. A row is of no use once its pass has ended.
CREATE TABLE IF NOT EXISTS analysis_prompts
(
    version UInt64,
    person_id UUID,
    event_id UUID,
    started_at DateTime64(3, 'UTC'),
    inputs_expire_at DateTime('UTC'), -- when its features are dropped
    run_id String,
    starts_turn Bool, -- neither a tool nor an agent wrote it
    texts Array(UInt64), -- of client and text, under the key of its epoch and, after a change, the one before
    beginnings Array(UInt64), -- of text, system prompt and what came before, likewise; [] where a replay of it is credited
    sketch_epoch UInt32,
    sketch Array(UInt32), -- of a run's opening; [] where one that is alike is credited
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, person_id, started_at, event_id)
TTL written_at + INTERVAL 1 HOUR;

-- Calls that a pass finds not to be credited, and those of which something else is stored.
-- Order and duplicates: as analysis_prompts; a call may be found for several reasons.
CREATE TABLE IF NOT EXISTS analysis_credits
(
    version UInt64,
    is_change Bool, -- the reason as it is to be stored: '' credited; otherwise one that was found
    person_id UUID,
    event_id UUID,
    started_at DateTime64(3, 'UTC'),
    reason LowCardinality(String),
    inputs_expire_at DateTime('UTC'),
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, is_change, person_id, started_at, event_id)
TTL written_at + INTERVAL 1 HOUR;

-- Runs in which a pass may find a loop that began or ended, and those of them that it looks through.
-- Order and duplicates: as analysis_prompts.
CREATE TABLE IF NOT EXISTS analysis_runs
(
    version UInt64,
    is_suspected Bool, -- a person has the same step after the same results often enough in it
    person_id UUID,
    run_id String,
    written_at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (version, is_suspected, person_id, run_id)
TTL written_at + INTERVAL 1 HOUR;

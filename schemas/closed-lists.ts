// The closed lists: every enumerated word that a record, a row or a page may carry. A word that is not here does not
// exist; adding one is an addition to version 1 of the records, changing what one means is a new version.

/** What vouches for the person of a call. */
export const IDENTITY_SOURCES = ["key", "header", "path", "import", "none"] as const;

/** Whom a key belongs to. A service key is never self-service, and its calls are nobody's. */
export const KEY_KINDS = ["person", "service", "none"] as const;

/** How a client was driven, as far as it says so. */
export const ENTRYPOINTS = ["interactive", "headless", "sdk", "unknown"] as const;

/** What a call was for. `auxiliary`: titles, compaction, other calls that a client makes for itself. */
export const REQUEST_KINDS = ["main", "subagent", "auxiliary", "count_tokens", "embedding", "other"] as const;

/** Who wrote the newest content of a request. */
export const TRIGGERS = ["human", "agent", "tool", "schedule", "unknown"] as const;

/** What a tool does to the world. */
export const TOOL_KINDS = ["read", "write", "execute", "communicate", "other"] as const;

/** Those of them that can reach outside. */
export const OUTSIDE_KINDS: readonly ToolKind[] = ["execute", "communicate"];

/** How a tool call ended, as far as its result says so. */
export const RESULT_STATES = ["ok", "error", "unknown"] as const;

/** Who named the run of a call: the caller by our header, or the client by its own. */
export const RUN_ID_SOURCES = ["explicit", "client"] as const;

/** Declared kinds of work. Declaring one changes what a run is compared with, never what it counted. */
export const WORKLOAD_CLASSES = [
  "interactive",
  "scheduled",
  "batch",
  "evaluation",
  "ci",
  "retrieval",
  "exploration",
  "teaching",
] as const;

/** Where the declared class came from. */
export const CLASS_SOURCES = ["key", "header", "run", "schedule", "none"] as const;

/** The provider's interface that a call used. */
export const APIS = ["chat", "responses", "messages", "generate", "embeddings", "realtime", "other"] as const;

/** Who ended a call. */
export const TERMINATED_BY = ["complete", "client", "upstream", "timeout", "gateway"] as const;

/** Why the model stopped, in one vocabulary for all providers. */
export const STOP_KINDS = ["end", "length", "tool", "refusal", "other"] as const;

/** How good the counts are: the provider's own, an unfinished stream's last report, a tokenizer's, or unknown. */
export const USAGE_SOURCES = ["reported", "partial", "estimated", "none"] as const;

/** Why a call failed, in one vocabulary for all providers. */
export const ERROR_KINDS = [
  "invalid_request",
  "authentication",
  "permission",
  "not_found",
  "too_large",
  "rate_limited",
  "quota",
  "overloaded",
  "server_error",
  "stream_error",
  "unreachable",
  "reset",
  "timeout",
  "interrupted",
] as const;

/** Why a call earns no credit. First match wins; none of these accuses anyone. */
export const UNCREDITED_REASONS = [
  "provider_error",
  "retry",
  "auxiliary",
  "heartbeat",
  "exact_replay",
  "near_replay",
  "loop",
] as const;

/** How a run was put together, surest first. */
export const RUN_SOURCES = ["explicit", "client", "chain", "idle"] as const;

/** By what an outcome was linked to a run, surest first. */
export const LINKED_BY = ["run", "request", "session", "files"] as const;

/** How dear a model is by its list price, roughly: what a run is compared with. */
export const MODEL_TIERS = ["small", "medium", "large", "unknown"] as const;

/** What the yield of a person-week says. `not_enough_evidence` is the usual answer. */
export const VERDICTS = ["not_enough_evidence", "as_expected", "above_expected", "low_value"] as const;

/** Mechanisms of inflation. Two signals of one family say one thing. */
export const SIGNAL_FAMILIES = [
  "replay",
  "schedule",
  "no_op",
  "padding",
  "long_output",
  "fan_out",
  "echo",
  "cache_bust",
] as const;

/** Where a p-value comes from: the signal's own null, or the frozen reference of its class; `none`: there was too little of either. */
export const P_VALUE_SOURCES = ["absolute", "reference", "none"] as const;

/** The way of a pattern. Its person sees it from `notified` on, the manager from `open` on. */
export const PATTERN_STATES = [
  "observed",
  "notified",
  "open",
  "explained",
  "resolved",
  "dismissed",
  "expired",
] as const;

/** What an organisation's target may be about, by person and week. */
export const TARGET_MEASURES = ["weekly_cost_usd", "weekly_tokens", "weekly_calls"] as const;

/** What ended a pattern. `evidence`: it no longer holds. `time`: nobody decided, or answered, in the time that there is. */
export const PATTERN_CLOSINGS = ["manager", "officer", "schedule", "evidence", "time"] as const;

/** What people say of a pattern: its person explains or contests, the officer answers, the manager decides. */
export const PATTERN_STATEMENTS = ["explanation", "contest", "answer", "decision"] as const;

/** What a person says that a pattern is, as the first word of an explanation. */
export const PATTERN_CAUSES = ["scheduled_job", "test", "client_default", "other"] as const;

/** What outcome intake remembers of a delivery until a later one makes an outcome of it. */
export const OUTCOME_FACTS = [
  "delivery",
  "approved",
  "failing",
  "deployed",
  "commit",
  "merged",
  "telemetry",
] as const;

/** What a person may do on the dashboard, beyond seeing their own figures. */
export const ROLES = ["self", "manager", "owner", "officer", "operator"] as const;

/** What a personal access token may be used for. */
export const TOKEN_SCOPES = ["read", "write", "organisation"] as const;

/** What a person hears of. */
export const NOTICE_KINDS = [
  "pattern_notified",
  "pattern_opened",
  "pattern_closed",
  "contest_answered",
  "review_opened",
  "contest_waiting",
  "key_expires",
] as const;

/** How they hear of it. The page is always one. */
export const NOTICE_CHANNELS = ["page", "email", "webhook"] as const;

/** How a session began. */
export const SIGN_IN_METHODS = ["link", "oidc"] as const;

/** What a person can say of a run of their own. */
export const RUN_RATINGS = ["useful", "not_useful"] as const;

export type LinkedBy = (typeof LINKED_BY)[number];
export type ModelTier = (typeof MODEL_TIERS)[number];
export type PatternCause = (typeof PATTERN_CAUSES)[number];
export type PatternClosing = (typeof PATTERN_CLOSINGS)[number];
export type PatternState = (typeof PATTERN_STATES)[number];
export type SignalFamily = (typeof SIGNAL_FAMILIES)[number];
export type Verdict = (typeof VERDICTS)[number];
export type ErrorKind = (typeof ERROR_KINDS)[number];
export type KeyKind = (typeof KEY_KINDS)[number];
export type RequestKind = (typeof REQUEST_KINDS)[number];
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];
export type NoticeKind = (typeof NOTICE_KINDS)[number];
export type RunRating = (typeof RUN_RATINGS)[number];
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];
export type TokenScope = (typeof TOKEN_SCOPES)[number];
export type Role = (typeof ROLES)[number];
export type ResultState = (typeof RESULT_STATES)[number];
export type StopKind = (typeof STOP_KINDS)[number];
export type TargetMeasure = (typeof TARGET_MEASURES)[number];
export type TerminatedBy = (typeof TERMINATED_BY)[number];
export type ToolKind = (typeof TOOL_KINDS)[number];
export type UncreditedReason = (typeof UNCREDITED_REASONS)[number];
export type WorkloadClass = (typeof WORKLOAD_CLASSES)[number];
export type Api = (typeof APIS)[number];
export type ClassSource = (typeof CLASS_SOURCES)[number];
export type IdentitySource = (typeof IDENTITY_SOURCES)[number];

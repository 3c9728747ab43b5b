// What one row of token_events says about its call, as SQL expressions over its columns: facts that need no other call.
// Everything that analytics computes starts from these, so that a word such as "failed" means one thing.

import { TOKEN_FIELDS } from "../../schemas/token-event.ts";

/** Stands for the person of a call that is nobody's, here and in every derived table. */
export const NOBODY = "00000000-0000-0000-0000-000000000000";
/** The same in SQL, where it also stands for no call. */
export const NONE = `toUUID('${NOBODY}')`;

/** A session that was silent for so long begins a new run. But for that of a run's own name, no rule reaches further. */
export const RUN_PAUSE_HOURS = 4;

/** Between an auxiliary opening and the one that it belongs to. */
export const COMPANION_MINUTES = 10;

/** A call that says it took longer is taken to have ended after so long: a wild number must not hold runs together. */
export const CALL_HOURS_MAX = 24;

export const PERSON = `ifNull(person_id, ${NONE})`;
export const KEY = `ifNull(key_id, ${NONE})`;
/** Whose calls may belong together: a person's, or else a key's. */
export const OWNER = `ifNull(person_id, ${KEY})`;

/** Unknown durations count as none. */
export const ENDED_AT = `(started_at + toIntervalMillisecond(least(ifNull(duration_ms, 0), ${CALL_HOURS_MAX * 3_600_000})))`;

/** How far before a call another can have started that still matters to it. */
export const REACH_HOURS = CALL_HOURS_MAX + RUN_PAUSE_HOURS;

export const MODEL = "ifNull(coalesce(model_served, model_requested), '')";

/** The session that a person would call theirs: a sub-agent with a session of its own belongs to its parent's. */
export const ROOT_SESSION = "ifNull(coalesce(nullIf(parent_session_id, ''), session_id), '')";

/** Clients whose session is a standing channel, in which one run follows another: their own run ids say more. */
const STANDING_CHANNEL_CLIENTS = ["openclaw"];

const RUN_NAME = "ifNull(client_run_id, '')";
const IS_EXPLICIT = `${RUN_NAME} != '' AND ifNull(run_id_source, 'explicit') = 'explicit'`;

/** How the run of a call is named: by the caller's header (`explicit`), by the client's ids (`client`), or not at all (''). */
export const NAMED_BY = `multiIf(
        ${IS_EXPLICIT}, 'explicit',
        ${RUN_NAME} != '' OR ${ROOT_SESSION} != '', 'client', '')`;

/** That name; '' where there is none. A session goes before the client's run id where it is the longer of the two. */
export const NAME = `multiIf(
        ${IS_EXPLICIT}, ${RUN_NAME},
        ${RUN_NAME} != '' AND (${ROOT_SESSION} = '' OR client IN (${STANDING_CHANNEL_CLIENTS.map((client) => `'${client}'`).join(", ")})), ${RUN_NAME},
        ${ROOT_SESSION})`;

/** What calls without a name have in common as long as nobody falls silent. */
export const IDLE_KEY = `concat(toString(${KEY}), ' ', client)`;

/** Among which calls an attempt and its repetition are looked for. */
export const OPERATION_KEY = `ifNull(body_hash,
        concat(${NAMED_BY}, ' ', if(${NAMED_BY} = '', ${IDLE_KEY}, ${NAME}), ' ', ${MODEL}))`;

/** Whether any count is known. Where none is, the call cost an unknown amount, and not nothing. */
export const HAS_USAGE = `(${TOKEN_FIELDS.map((field) => `isNotNull(${field})`).join(" OR ")})`;

/** Whether the client got what it asked for. An attempt that failed may be tried again. */
export const HAS_FAILED =
  "NOT (status BETWEEN 1 AND 399 AND isNull(error_kind) AND terminated_by = 'complete')";

/** The provider failed or refused and reported no usage. A gateway that died before the end is no provider's error. */
export const IS_PROVIDER_ERROR = `(NOT ${HAS_USAGE} AND (status >= 400 OR ifNull(error_kind, 'interrupted') != 'interrupted'))`;

export const IS_AUXILIARY = "request_kind IN ('count_tokens', 'auxiliary')";

/** The provider turned the call away before it did anything for it. */
const IS_REFUSED = "(status BETWEEN 400 AND 499 OR ifNull(error_kind, '') IN ('overloaded', 'unreachable'))";

/**
 * Whether a call used tokens that nobody counted. A call that was turned away used none; asking for a count, or for the list
 * of models, uses none either. A provider that failed on the way may have used some.
 */
export const IS_USAGE_UNKNOWN = `(NOT ${HAS_USAGE} AND NOT ${IS_REFUSED} AND request_kind NOT IN ('count_tokens', 'other'))`;

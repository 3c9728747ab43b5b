// A row of every table in Postgres about each of two people, and what somebody who may not would try on each table.

import { randomUUID } from "node:crypto";
import type { PostgresStore } from "../../schemas/postgres/open.ts";

export const ADA = randomUUID();
export const BEN = randomUUID();
/** One of them stands in every row about Ben, in lower case, and neither in any other. */
export const BENS = new RegExp(`of ben|${BEN}`);

/** One row of each about Ada, and one about Ben. What the tests try leaves Ben's as they are. */
export async function fillTables(store: PostgresStore): Promise<void> {
  for (const [personId, name] of [
    [ADA, "of ada"],
    [BEN, "of ben"],
  ]) {
    await store.pool.query(`WITH team AS (INSERT INTO teams (name) VALUES ('${name}') RETURNING team_id)
      INSERT INTO people (person_id, email, name, team_id) SELECT '${personId}', '${name}', '${name}', team_id FROM team`);
    await store.pool.query(`INSERT INTO keys (kind, person_id, name, secret_sha256, hint)
      VALUES ('person', '${personId}', '${name}', '${name}', '')`);
    await store.pool.query(`INSERT INTO person_positions (person_id, valid_from, team_id, manager_id)
      SELECT person_id, now(), team_id, manager_id FROM people WHERE person_id = '${personId}'`);
    await store.pool.query(`INSERT INTO schedules (person_id, name, cron, timezone, minutes, workload_class)
      VALUES ('${personId}', '${name}', '0 3 * * *', 'UTC', 15, 'scheduled')`);
    await store.pool
      .query(`INSERT INTO class_corrections (person_id, run_id, event_id, event_started_at, workload_class, expires_at)
      VALUES ('${personId}', 'r', gen_random_uuid(), now(), 'batch', now())`);
    for (const table of ["sessions", "login_links"])
      await store.pool.query(`INSERT INTO ${table} (token_sha256, person_id, expires_at)
        VALUES ('${name}', '${personId}', now())`);
    await store.pool.query(`INSERT INTO outcome_facts (fact, subject, person_id, at, expires_at)
      VALUES ('approval', '${name}', '${personId}', now(), now())`);
    const patternId = await addPattern(store, personId ?? "", { state: "notified", notified_at: "now()" });
    await addStatement(store, patternId, name ?? "");
    await store.pool
      .query(`INSERT INTO pattern_labels (decided_week, state, closed_by, evidence, method_version)
      VALUES (now(), 'resolved', 'manager', '["${name}"]', '')`);
    await store.pool
      .query(`INSERT INTO access_tokens (person_id, name, token_sha256, hint, scopes, created_at, expires_at)
      VALUES ('${personId}', '${name}', '${name}', '', '{read}', now(), now())`);
    await store.pool
      .query(`INSERT INTO oidc_attempts (state_sha256, code_verifier, nonce, return_path, expires_at)
      VALUES ('${name}', '', '', '', now())`);
    await store.pool.query(`INSERT INTO oidc_subjects (issuer, subject, person_id)
      VALUES ('', '${name}', '${personId}')`);
    await store.pool.query(`WITH told AS (INSERT INTO notices (person_id, kind, about, created_at)
      VALUES ('${personId}', 'pattern_notified', '${patternId}', now()) RETURNING notice_id)
      INSERT INTO notice_deliveries (notice_id, channel, failure) SELECT notice_id, 'email', '${name}' FROM told`);
    await store.pool.query(`INSERT INTO notice_preferences (person_id, kind, channel, is_on)
      VALUES ('${personId}', 'pattern_opened', 'email', false)`);
    await store.pool.query(`INSERT INTO setting_versions (name, reason, changed_at, changed_by, is_public)
      VALUES ('${name}', '', now(), '${personId}', false)`);
    await store.pool.query(`INSERT INTO organisation_releases (first_day, released_at, body)
      VALUES ('${personId === ADA ? "2026-01-05" : "2026-02-02"}', now(), '["${name}"]')`);
    await store.pool.query(`INSERT INTO templates (name, body, created_at) VALUES ('${name}', '', now())`);
    await store.pool
      .query(`INSERT INTO audit (at, action, subject_id, payload, payload_sha256, previous_hash, hash)
      VALUES (now(), '${name}', '${personId}', '{}', '', '', '${name}')`);
  }
}

const FIGURES = "named_cost_usd, own_cost_usd, due_outcomes, expected_outcomes, scheduled_share";

/** @param said columns and what they are, as SQL */
export async function addPattern(
  store: PostgresStore,
  personId: string,
  said: Readonly<Record<string, string>>,
): Promise<string> {
  const values = Object.values({ ...said, state: `'${said["state"]}'` });
  const { rows } = await store.pool.query<{ pattern_id: string }>(`INSERT INTO patterns
    (person_id, families, first_week, last_week, ${FIGURES}, method_version, observed_at, ${Object.keys({ ...said, state: "" }).join()})
    VALUES ('${personId}', '{replay,schedule}', now(), now(), 1, 1, 1, 1, 0, '', now(), ${values.join()})
    RETURNING pattern_id`);
  return rows[0]!.pattern_id;
}

/** One, and a row of evidence. */
export async function addStatement(store: PostgresStore, patternId: string, text: string): Promise<void> {
  await store.pool.query(`INSERT INTO pattern_statements (pattern_id, kind, said_at, body)
    VALUES ('${patternId}', 'explanation', now(), '${text}')`);
  await store.pool
    .query(`INSERT INTO pattern_evidence (pattern_id, week, signal, family, effect, floor, cases, p_value,
    p_value_source, run_ids, named_cost_usd, method_version)
    VALUES ('${patternId}', now(), '${text}', 'replay', 1, 1, 1, 0, 'absolute', '{}', 1, '')`);
}

/** Per table: what changes each of its rows, and the columns and values of one more row about Ben. */
export const ATTEMPTS: Readonly<Record<string, { set: string; row: string }>> = {
  teams: { set: "name = name || '!'", row: "(name) VALUES ('new')" },
  people: { set: "name = 'taken'", row: "(email, name) VALUES ('new', 'new')" },
  person_positions: {
    set: "team_id = NULL",
    row: `(person_id, valid_from) VALUES ('${BEN}', now())`,
  },
  keys: {
    set: "name = 'taken'",
    row: `(kind, person_id, name, secret_sha256, hint) VALUES ('person', '${BEN}', 'new', 'new', '')`,
  },
  schedules: {
    set: "ended_at = now()",
    row: `(person_id, name, cron, timezone, minutes, workload_class) VALUES ('${BEN}', 'new', '', '', 1, 'batch')`,
  },
  class_corrections: {
    set: "withdrawn_at = now()",
    row: `(person_id, run_id, event_id, event_started_at, workload_class, expires_at)
      VALUES ('${BEN}', 'r', gen_random_uuid(), now(), 'batch', now())`,
  },
  sessions: {
    set: "ended_at = now()",
    row: `(token_sha256, person_id, expires_at) VALUES ('new', '${BEN}', now())`,
  },
  login_links: {
    set: "used_at = now()",
    row: `(token_sha256, person_id, expires_at) VALUES ('new', '${BEN}', now())`,
  },
  organisation_releases: {
    set: "body = '[]'",
    row: "(first_day, released_at, body) VALUES ('2026-03-02', now(), '[]')",
  },
  audit: {
    set: "payload = NULL",
    row: `(at, action, actor_id, subject_id, payload_sha256, previous_hash, hash)
      VALUES (now(), 'new', '${ADA}', '${BEN}', '', '', 'new')`,
  },
  identity_version: { set: "is_only = is_only", row: "DEFAULT VALUES" },
  organisation_targets: {
    set: "name = 'taken'",
    row: "(name, measure, threshold, announced_on) VALUES ('new', 'calls', 1, now())",
  },
  outcome_facts: {
    set: "detail = 'taken'",
    row: `(fact, subject, person_id, at, expires_at) VALUES ('new', 'new', '${BEN}', now(), now())`,
  },
  policies: {
    set: "body = 'taken'",
    row: "(version, body, method_version, published_at) VALUES (1, 'new', '', now())",
  },
  access_tokens: {
    set: "name = 'taken'",
    row: `(person_id, name, token_sha256, hint, scopes, created_at, expires_at)
      VALUES ('${BEN}', 'new', 'new', '', '{read}', now(), now())`,
  },
  oidc_attempts: {
    set: "nonce = 'taken'",
    row: "(state_sha256, code_verifier, nonce, return_path, expires_at) VALUES ('new', '', '', '', now())",
  },
  oidc_subjects: {
    set: "subject = subject || '!'",
    row: `(issuer, subject, person_id) VALUES ('', 'new', '${BEN}')`,
  },
  notices: {
    set: "read_at = now()",
    row: `(person_id, kind, about, created_at) VALUES ('${BEN}', 'pattern_opened', '${BEN}', now())`,
  },
  notice_deliveries: {
    set: "attempts = 9",
    row: `(notice_id, channel) VALUES ('${BEN}', 'webhook')`,
  },
  notice_preferences: {
    set: "is_on = true",
    row: `(person_id, kind, channel, is_on) VALUES ('${BEN}', 'key_expires', 'email', false)`,
  },
  setting_versions: {
    set: "reason = 'taken'",
    row: "(name, reason, changed_at, is_public) VALUES ('new', '', now(), true)",
  },
  templates: { set: "body = 'taken'", row: "(name, body, created_at) VALUES ('new', '', now())" },
  patterns: {
    set: "state = 'dismissed'",
    row: `(person_id, state, families, first_week, last_week, ${FIGURES}, method_version, observed_at)
      VALUES ('${BEN}', 'open', '{}', now(), now(), 1, 1, 1, 1, 0, '', now())`,
  },
  pattern_evidence: {
    set: "effect = 0",
    row: `(pattern_id, week, signal, family, effect, floor, cases, p_value, p_value_source, run_ids, named_cost_usd,
      method_version) SELECT '${BEN}', now(), '', '', 1, 1, 1, 0, '', '{}', 1, ''`,
  },
  pattern_statements: {
    set: "body = 'taken'",
    row: `(pattern_id, kind, said_at, body) VALUES ('${BEN}', 'decision', now(), 'new')`,
  },
  pattern_labels: {
    set: "state = 'explained'",
    row: "(decided_week, state, closed_by, evidence, method_version) VALUES (now(), 'open', 'time', '[]', '')",
  },
};

// A person of whom every store that the dashboard reads has something, and the texts that only their data has: whoever finds one of
// them in an answer has seen something of theirs.

import { hash, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { createAccessToken } from "../../dashboard/server/access/access-tokens.ts";
import type { SubjectId } from "../../dashboard/server/access/scope.ts";
import { createSession } from "../../dashboard/server/access/sessions.ts";
import { createKey } from "../../dashboard/server/keys/keys.ts";
import type { Dashboard } from "../../dashboard/server/dashboard.ts";
import { sessions } from "../../schemas/postgres/access-tables.ts";
import { appendAudit } from "../../schemas/postgres/audit.ts";
import { notices } from "../../schemas/postgres/notice-tables.ts";
import { patternEvidence, patterns, patternStatements } from "../../schemas/postgres/pattern-tables.ts";
import type { PatternRow } from "../../schemas/postgres/patterns.ts";
import { schedules } from "../../schemas/postgres/tables.ts";
import { buildUsageDay } from "./derived-rows.ts";
import { buildOutcome } from "./outcome.ts";
import { recordRun } from "./recorded-run.ts";

/** How far a pattern has come. */
export const PATTERN_STAGES = ["told", "open", "contested", "closed"] as const;
export type PatternStage = (typeof PATTERN_STAGES)[number];

export interface SubjectTraces {
  /** By what they are of. */
  markers: Readonly<Record<string, string>>;
  /** By the name of a parameter of an address. */
  ids: Readonly<Record<string, readonly string[]>>;
}

const DAY = "2026-11-20";
/** Amounts that nobody else has. */
const COST_USD = "7919.13";
const PATTERN_COST_USD = 4243.17;

export async function leaveTraces(
  { stores, now }: Pick<Dashboard, "stores" | "now">,
  { personId, email, name, managerId }: { personId: string; email: string; name: string; managerId: string },
): Promise<SubjectTraces> {
  const { postgres, clickhouse } = stores;
  const [run, tag] = [`run-of-${randomUUID()}`, randomUUID()];
  const sums = { cost_usd: COST_USD, credited_cost_usd: COST_USD };
  const [eventId = ""] = await recordRun(
    clickhouse,
    { person_id: personId, run: { run_id: run, session_id: `session-of-${run}`, ...sums } },
    [{ event: { cost_usd: COST_USD }, call: { run_id: run }, features: {} }],
  );
  await clickhouse.insert("usage_days", [
    buildUsageDay({ person_id: personId, day: DAY, calls: 1, cost_usd: COST_USD }),
  ]);
  const outcome = buildOutcome({ person_id: personId });
  await clickhouse.insert("outcomes", [{ ...outcome, expires_at: "2090-01-01T00:00:00Z" }]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const subjectId = personId as SubjectId;
  const said = { kind: "person", personId, actorId: personId, workloadClass: null, expiresAt: null } as const;
  const key = await createKey(postgres, { ...said, name: `key-of-${tag}` }, now());
  const token = { personId: subjectId, name: `token-of-${tag}`, scopes: ["read"], days: 90 } as const;
  const made = await createAccessToken(postgres, token, now());
  await createSession(postgres.db, { personId, method: "link", now: now() });
  const [session] = await postgres.db.select().from(sessions).where(eq(sessions.personId, personId));
  const [schedule] = await postgres.db
    .insert(schedules)
    .values({
      personId,
      name: `schedule-of-${tag}`,
      cron: "0 3 * * *",
      timezone: "UTC",
      minutes: 15,
      workloadClass: "scheduled",
    })
    .returning();
  const patternIds = await addPatterns({ stores }, { personId, managerId }, now());
  await postgres.db.transaction((transaction) =>
    appendAudit(transaction, now(), {
      action: "runs_exported",
      actorId: null,
      subjectId: personId,
      reason: `reason-of-${tag}`,
    }),
  );
  return {
    markers: {
      name,
      email,
      person_id: personId,
      run,
      event: eventId,
      cost: COST_USD,
      key: `key-of-${tag}`,
      key_id: key.key.key_id,
      token: `token-of-${tag}`,
      token_id: made.token.token_id,
      session: session?.sessionId ?? "",
      schedule: `schedule-of-${tag}`,
      schedule_id: schedule?.scheduleId ?? "",
      audit_reason: `reason-of-${tag}`,
      pattern_cost: String(PATTERN_COST_USD),
      ...Object.fromEntries(
        PATTERN_STAGES.flatMap((stage) => [
          [`${stage}_pattern`, patternIds[stage]],
          [`${stage}_words`, wordsOf(stage, personId)],
        ]),
      ),
    },
    ids: {
      runId: [run],
      keyId: [key.key.key_id],
      tokenId: [made.token.token_id],
      sessionId: [session?.sessionId ?? ""],
      scheduleId: [schedule?.scheduleId ?? ""],
      patternId: PATTERN_STAGES.map((stage) => patternIds[stage]),
    },
  };
}

/** Of a text of its own, so that no marker stands in another one. */
const wordsOf = (stage: PatternStage, personId: string): string =>
  `${stage}-words-of-${hash("sha256", personId, "hex")}`;

async function addPatterns(
  { stores: { postgres } }: Pick<Dashboard, "stores">,
  { personId, managerId }: { personId: string; managerId: string },
  at: Date,
): Promise<Record<PatternStage, string>> {
  const stages: Record<PatternStage, Partial<PatternRow> & Pick<PatternRow, "state" | "families">> = {
    told: { state: "notified", families: ["replay"] },
    open: { state: "open", families: ["replay", "schedule"], openedAt: at, managerId },
    contested: { state: "notified", families: ["schedule"], contestedAt: at },
    closed: { state: "resolved", families: ["no_op"], closedAt: at, closedBy: "manager", managerId },
  };
  const week = { firstWeek: "2026-11-02", lastWeek: "2026-11-09" };
  const costs = {
    namedCostUsd: PATTERN_COST_USD,
    ownCostUsd: PATTERN_COST_USD,
    toldCostUsd: PATTERN_COST_USD,
  };
  const value = { dueOutcomes: 1, expectedOutcomes: 1, scheduledShare: 0, methodVersion: "" };
  const ids = { told: "", open: "", contested: "", closed: "" };
  for (const stage of PATTERN_STAGES) {
    const row = { personId, ...week, ...costs, ...value, observedAt: at, notifiedAt: at, ...stages[stage] };
    const patternId = randomUUID();
    ids[stage] = patternId;
    await postgres.db.insert(patterns).values({ patternId, ...row });
    const body = wordsOf(stage, personId);
    await postgres.db.insert(patternStatements).values({ patternId, kind: "explanation", saidAt: at, body });
    await postgres.db.insert(patternEvidence).values({
      patternId,
      week: week.lastWeek,
      signal: "exact_replays",
      family: "replay",
      question: body,
      effect: 1,
      floor: 1,
      cases: 1,
      pValue: 0,
      pValueSource: "absolute",
      runIds: [`named-by-${body}`],
      namedCostUsd: PATTERN_COST_USD,
      methodVersion: "",
    });
    const notice = { personId, kind: "pattern_notified", about: patternId, createdAt: at } as const;
    await postgres.db.insert(notices).values(notice);
  }
  return ids;
}

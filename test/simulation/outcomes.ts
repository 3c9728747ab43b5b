// What came of the simulated work: pull requests of sessions that wrote something, reviewed by somebody else and merged a while
// later, and their lines that still stand a week after that. Scripts write nothing and have none.

import type { Outcome } from "../../schemas/outcome.ts";
import { DAY_MS, HOUR_MS } from "./calendar.ts";
import type { SimulatedCall } from "./history.ts";
import type { Random } from "./random.ts";

/** Of the sessions that wrote something. */
const MERGED = 0.45;
const REVERTED = 0.04;
const SURVIVING = 0.8;
const SURVIVAL_MS = 7 * DAY_MS;

/** A line of `assay import outcomes`. */
type OutcomeLine = Partial<Outcome> & { person_email: string };

interface Session {
  personEmail: string;
  sessionId: string;
  endedAtMs: number;
  hasWritten: boolean;
}

export interface OutcomeMaker {
  /** Takes the calls of the history as they come. */
  observe(call: SimulatedCall): void;
  /** What of it has happened by then. */
  lines(now: Date): Generator<string>;
}

export function createOutcomeMaker(random: Random): OutcomeMaker {
  const sessions = new Map<string, Session>();
  return {
    observe({ event, features, personEmail }) {
      const { session_id: sessionId, started_at } = event;
      if (personEmail === undefined || sessionId === null || event.entrypoint === "headless") return;
      const known = sessions.get(sessionId);
      const hasWritten = features.tool_kinds?.includes("write") === true || known?.hasWritten === true;
      sessions.set(sessionId, { personEmail, sessionId, endedAtMs: Date.parse(started_at), hasWritten });
    },
    *lines(now) {
      for (const session of sessions.values()) {
        if (!session.hasWritten) continue;
        const drawn = random.fork(session.sessionId);
        if (!drawn.chance(MERGED)) continue;
        for (const outcome of toOutcomes(session, drawn))
          if (Date.parse(outcome.occurred_at ?? "") <= now.getTime()) yield `${JSON.stringify(outcome)}\n`;
      }
    },
  };
}

function* toOutcomes({ personEmail, sessionId, endedAtMs }: Session, random: Random): Generator<OutcomeLine> {
  const mergedAtMs = endedAtMs + random.between(HOUR_MS, 2 * DAY_MS);
  const change = {
    person_email: personEmail,
    session_id: sessionId,
    repo_hash: "r".repeat(22),
    change_hash: random.word(22),
    source: "import",
    reviewed_by_other: true,
  } as const;
  const outcome_id = `simulated:${sessionId}:merged`;
  yield { ...change, outcome_id, kind: "pr_merged", ...at(mergedAtMs), trust: "high" };
  if (random.chance(REVERTED)) {
    const reverted = { outcome_id: `simulated:${sessionId}:reverted`, reverses: outcome_id } as const;
    yield { ...change, ...reverted, kind: "pr_reverted", ...at(mergedAtMs + DAY_MS), trust: "high" };
  } else if (random.chance(SURVIVING)) {
    const lines = Math.round(random.logNormal(60, 1));
    const survived = {
      outcome_id: `simulated:${sessionId}:survived`,
      quantity: lines,
      gross_quantity: lines,
    };
    const times = at(mergedAtMs + SURVIVAL_MS);
    yield { ...change, ...survived, kind: "lines_survived", ...times, trust: "high" };
  }
}

function at(ms: number): Pick<Outcome, "occurred_at" | "credited_at"> {
  const time = new Date(ms).toISOString();
  return { occurred_at: time, credited_at: time };
}

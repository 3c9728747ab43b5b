// A pattern as the dashboard's server answers it to its person: replay by a timer, told on Wednesday 11 November 2026.

import type { Finding, OwnPattern } from "../../schemas/pattern-api.ts";

export const WEEKS = ["2026-10-26", "2026-11-02", "2026-11-09"] as const;

export function buildFinding(said: Partial<Finding> = {}): Finding {
  return {
    family: "replay",
    signal: "replay_clusters",
    question: "How much of what was asked is nearly the same text?",
    rule: "The share of near-duplicates.",
    innocents: ["a template", "an evaluation that was not declared"],
    floor: 0.5,
    weeks: WEEKS.map((week, at) => ({
      week,
      effect: 0.6 + at / 10,
      cases: 100,
      p_value: 0.0001,
      cost_usd: "40.00",
      run_ids: [`run of ${week}`],
    })),
    ...said,
  };
}

export function buildOwnPattern(said: Partial<OwnPattern> = {}): OwnPattern {
  return {
    pattern_id: "01936a00-0000-4000-8000-000000000001",
    state: "notified",
    families: ["replay", "schedule"],
    first_week: WEEKS[0],
    notified_at: "2026-11-11T09:00:00.000Z",
    opened_at: null,
    closed_at: null,
    closed_by: null,
    is_contested: false,
    clock: {
      until: "opens",
      days: [12, 13, 16, 17, 18, 19, 20, 23, 24, 25].map((day) => `2026-11-${day}`),
      days_left: 5,
      ends_on: "2026-11-26",
    },
    runs: 132,
    told: { cost_usd: "120.00", from_week: WEEKS[0], last_week: WEEKS[2] },
    recent: { from_week: WEEKS[0], weeks: 4, weeks_with_it: 3, cost_usd: "120.00" },
    value: { expected_outcomes: 6.2, expected_outcomes_min: 13, yield: null },
    findings: [
      buildFinding(),
      buildFinding({ family: "schedule", signal: "phase_lock", floor: 0.7, innocents: ["a monitor"] }),
    ],
    statements: [],
    remedies: ["A contest stops the clock until the privacy officer has answered."],
    cost_floor_usd: "62.40",
    can_contest: true,
    looks: [],
    ...said,
  };
}

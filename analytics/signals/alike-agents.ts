// Fan-out: sub-agents that are told the same as their siblings, look at the same, and are not listened to.
//
// Siblings have one parent. They look at the same where the files and addresses that their tools named are the same, to four fifths; a map
// over files says nearly the same and looks at others. Their results are unread where the parent asked for nothing that writes, executes or
// communicates after they had begun. A second opinion is honest, so there is no null: a week stands against others of its class.

import { OF_WEEK } from "./evidence.ts";
import type { Signal } from "./signal.ts";

/** Of targets, and of openings (method: replaySimilarity). */
const TARGETS_ALIKE = 0.8;

export const alikeAgents: Signal = {
  name: "alike_agents",
  family: "fan_out",
  question: "How many sub-agents do what a sibling does, without anything coming of it?",
  rule: "The share of sub-agents beyond the first of three or more siblings with alike first prompts and the same targets, whose parent did nothing afterwards.",
  innocents: ["the best of several attempts", "agents that vote", "a first agent that failed"],
  reads: [
    "signal_prompts.person_id",
    "signal_prompts.run_id",
    "signal_prompts.agent_id",
    "signal_prompts.parent_agent_id",
    "signal_prompts.started_at",
    "signal_prompts.event_id",
    "signal_prompts.is_agent",
    "signal_prompts.cluster",
    "signal_calls.person_id",
    "signal_calls.run_id",
    "signal_calls.agent_id",
    "signal_calls.is_agent",
    "signal_calls.started_at",
    "signal_calls.has_effect",
    "signal_calls.targets",
  ],
  sql: ({ signals }) => `
    SELECT person_id, sum(repeated) / sum(agents) AS effect, sum(agents) AS cases, map('repeated', toFloat64(sum(repeated))) AS counts,
      groupUniqArrayIf(run_id, repeated > 0) AS run_ids
    FROM (
      SELECT groups.person_id AS person_id, groups.run_id AS run_id, agents,
        if(alike >= ${signals.fanOutSiblingsMin} AND effects.last_at <= began_at, alike - 1, 0) AS repeated
      FROM (
        SELECT person_id, run_id, parent_agent_id, cluster, count() AS agents, min(started_at) AS began_at,
          arraySort(groupArray((started_at, event_id, looked_at)))[1].3 AS first_looked_at,
          arrayCount(targets -> 2 * length(arrayIntersect(targets, first_looked_at))
            >= ${(2 * TARGETS_ALIKE) / (1 + TARGETS_ALIKE)} * (length(targets) + length(first_looked_at)), groupArray(looked_at)) AS alike
        FROM (
          SELECT * FROM signal_prompts WHERE ${OF_WEEK} AND is_agent
        ) AS openings
        LEFT JOIN (
          SELECT person_id, run_id, agent_id, groupUniqArrayArray(targets) AS looked_at
          FROM signal_calls WHERE ${OF_WEEK} AND is_agent
          GROUP BY person_id, run_id, agent_id
        ) AS agents USING (person_id, run_id, agent_id)
        GROUP BY person_id, run_id, parent_agent_id, cluster
      ) AS groups
      LEFT JOIN (
        SELECT person_id, run_id, if(is_agent, agent_id, '') AS doer, maxIf(started_at, has_effect) AS last_at
        FROM signal_calls WHERE ${OF_WEEK}
        GROUP BY person_id, run_id, doer
      ) AS effects ON effects.person_id = groups.person_id AND effects.run_id = groups.run_id AND effects.doer = groups.parent_agent_id
    )
    GROUP BY person_id
    HAVING cases >= ${signals.fanOutAgentsMin}`,
  floor: ({ signals }) => signals.fanOutShareFloor,
};

// What Assay found of the calls of one client, drawn as lines, so that a test can write down what it expects to be found: runs,
// their turns, their agents, and the steps of the script in which each of them asked.

import { z } from "zod";
import { defineQuery, type ClickHouseStore } from "../../../schemas/clickhouse/store.ts";

const attributedCallSchema = z.object({
  response_id: z.string().nullable(),
  client: z.string(),
  run_id: z.string(),
  run_source: z.string(),
  turn_id: z.string(),
  agent_id: z.string(),
  parent_agent_id: z.string(),
});

export type AttributedCall = z.infer<typeof attributedCallSchema>;

export const attributedCalls = defineQuery({
  name: "test: calls and their runs",
  sql: `
SELECT response_id, client, run_id, run_source, calls.turn_id AS turn_id, calls.agent_id AS agent_id,
  calls.parent_agent_id AS parent_agent_id
FROM calls FINAL INNER JOIN (SELECT event_id, response_id, client FROM token_events FINAL) AS events USING event_id
WHERE started_at >= {from:DateTime64(3)}
ORDER BY started_at, event_id`,
  params: z.object({ from: z.string() }),
  row: attributedCallSchema,
});

/** @param from RFC 3339, UTC */
export function readAttributedCalls(store: ClickHouseStore, from: string): Promise<AttributedCall[]> {
  return store.query(attributedCalls, { from: from.replace("T", " ").replace("Z", "") });
}

export interface PlacedCall extends AttributedCall {
  /** `<task>:<step>` */
  place: string;
}

/** Two spaces a level: run, turn, agent with its steps, agents below it. Ids are left out, and order is that of the names. */
export function drawRunTree(calls: readonly PlacedCall[]): string {
  return groupsOf(calls, ({ run_id }) => run_id)
    .map((run) => {
      const turns = groupsOf(run, ({ turn_id }) => turn_id).map((turn) => {
        const title = turn[0]?.turn_id === "" ? "no turn" : "turn";
        return [title, ...drawAgents(turn, "", new Set()).map(indent)];
      });
      return [`run (${run[0]?.run_source})`, ...turns.flat().map(indent)];
    })
    .flat()
    .join("\n");
}

/** Of one turn, the agents whose parent this is; the main agent has no name. */
function drawAgents(turn: readonly PlacedCall[], parent: string, drawn: Set<string>): string[] {
  drawn.add(parent);
  const own = turn.filter(({ agent_id }) => agent_id === parent);
  const steps = own.map(({ place }) => place).toSorted();
  const children = groupsOf(
    turn.filter(({ agent_id, parent_agent_id }) => parent_agent_id === parent && !drawn.has(agent_id)),
    ({ agent_id }) => agent_id,
  );
  const below = children.flatMap((child) => drawAgents(turn, child[0]?.agent_id ?? "", drawn));
  const title = `${parent === "" ? "main" : "agent"}: ${steps.join(" ")}`;
  return [title, ...below.map(indent)];
}

/** In the order of their first places. */
function groupsOf(calls: readonly PlacedCall[], keyOf: (call: PlacedCall) => string): PlacedCall[][] {
  const groups = Map.groupBy(
    calls.toSorted((left, right) => left.place.localeCompare(right.place)),
    keyOf,
  );
  return [...groups.values()];
}

function indent(line: string): string {
  return `  ${line}`;
}

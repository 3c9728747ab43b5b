// What was done in a run: its lanes, and its calls one by one. The first thousand calls and tool calls are drawn; what there is
// beyond them is said.

import { useQuery } from "@tanstack/react-query";
import type { Run, RunCallsPage, RunToolsPage } from "../../../../schemas/run-api.ts";
import { RunLanes } from "../../charts/run-lanes.tsx";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import { Failed, Loading, Skeleton } from "../../components/states.tsx";
import { formatCalls, formatCost, formatTime, formatTokens } from "../../prepare/format.ts";
import { toRunLanes } from "../../prepare/run-lanes.ts";
import { describeParts } from "../../prepare/run-words.ts";
import { nameKind } from "../../prepare/slices.ts";
import { explainReason } from "../../prepare/uncredited-reasons.ts";
import { useSession } from "../../session.ts";
import { readRunCalls, readRunTools } from "../../api/runs.ts";

export function RunActivity({ run }: { run: Run }) {
  const { api, me } = useSession();
  const activity = useQuery({
    queryKey: ["run activity", me.person_id, run.run_id],
    queryFn: async () => {
      const [calls, tools] = await Promise.all([
        readRunCalls(api, me.person_id, run.run_id),
        readRunTools(api, me.person_id, run.run_id, "all"),
      ]);
      return { calls, tools };
    },
  });
  const parts = describeParts(run);
  const summary = `${formatCalls(run.calls)}${parts === "" ? "" : `: ${parts}`}.`;
  return (
    <section className="section" aria-labelledby="activity">
      <div className="section-head">
        <div>
          <h2 id="activity">What was done for you</h2>
          <p>{summary} Assay keeps counts and kinds, never the text.</p>
        </div>
        <ul className="keys" aria-label="Signs">
          <li>
            <span className="swatch" /> Call, credited
          </li>
          <li>
            <span className="swatch" data-mark="uncredited" /> Not credited
          </li>
          <li>
            <span className="swatch" data-mark="tool" /> Tool
          </li>
          <li>
            <span className="swatch" data-mark="tool-error" /> Tool, failed
          </li>
        </ul>
      </div>
      {activity.isPending && <Loading shape={<Skeleton height={200} />} />}
      {activity.error !== null && <Failed error={activity.error} retry={() => void activity.refetch()} />}
      {activity.data !== undefined && (
        <>
          <Drawing run={run} calls={activity.data.calls} tools={activity.data.tools} summary={summary} />
          <details>
            <summary>List of calls</summary>
            <ScrollRegion label="List of calls">
              <CallTable calls={activity.data.calls.calls} />
            </ScrollRegion>
          </details>
        </>
      )}
    </section>
  );
}

interface DrawingProps {
  run: Run;
  calls: RunCallsPage;
  tools: RunToolsPage;
  summary: string;
}

function Drawing({ run, calls, tools, summary }: DrawingProps) {
  const lanes = toRunLanes(run, calls.calls, tools.tool_calls);
  const tallest = lanes.dearestUsd === null ? "" : `The tallest column is ${formatCost(lanes.dearestUsd)}. `;
  return (
    <>
      <RunLanes lanes={lanes} summary={`${summary} The calls are listed below.`} />
      <p className="notes chart-notes">
        {tallest}
        {noteOf(run, calls)}
      </p>
    </>
  );
}

function noteOf(run: Run, { calls, next_cursor }: RunCallsPage): string {
  const turns = run.turn_count > 0 ? "Each upright line is a turn of yours. " : "";
  if (calls.length === 0) return "Its single calls are not kept any longer.";
  return next_cursor === null
    ? turns
    : `${turns}The first ${formatCalls(calls.length)} are drawn and listed.`;
}

function CallTable({ calls }: { calls: RunCallsPage["calls"] }) {
  return (
    <table>
      <caption className="visually-hidden">Calls, oldest first</caption>
      <thead>
        <tr>
          <th scope="col">Start</th>
          <th scope="col">Kind</th>
          <th scope="col" className="wide">
            Model
          </th>
          <th scope="col" className="wide">
            Status
          </th>
          <th scope="col" className="right wide">
            Tokens
          </th>
          <th scope="col" className="right">
            Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <tr key={call.event_id}>
            <th scope="row">{formatTime(call.started_at)}</th>
            <td>
              {nameKind(call.request_kind)}
              {call.attempt > 1 && <span className="quiet">, attempt {call.attempt}</span>}
              {call.uncredited_reason !== null && (
                <div className="labels">Not credited: {explainReason(call.uncredited_reason).title}</div>
              )}
            </td>
            <td className="wide slice-name">{call.model ?? "Unknown model"}</td>
            <td className="wide">{call.status === 0 ? "No answer" : call.status}</td>
            <td className="right wide">{formatTokens(sumKnown(Object.values(call.tokens)))}</td>
            <td className="right">{formatCost(call.cost_usd === null ? null : Number(call.cost_usd))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Null where nothing is known. */
function sumKnown(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}

// What the run's agents did with tools on the person's behalf: how often which tool, and one by one what can have reached outside.

import { useQuery } from "@tanstack/react-query";
import type { Run, RunToolsPage } from "../../../../schemas/run-api.ts";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import { Failed, Loading, Skeleton } from "../../components/states.tsx";
import { formatCount, formatTime } from "../../prepare/format.ts";
import { TOOL_KIND_NAMES } from "../../prepare/run-lanes.ts";
import { useSession } from "../../session.ts";
import { readRunTools } from "../../api/runs.ts";

const RESULTS = { ok: "Done", error: "Failed", unknown: "Not known" } as const;

export function RunTools({ run }: { run: Run }) {
  const { tools } = run;
  return (
    <div className="split">
      <section aria-labelledby="tools">
        <div className="section-head">
          <div>
            <h2 id="tools">Tools</h2>
            <p>{explainKnown(tools)}</p>
          </div>
        </div>
        {tools.by_name.length > 0 && <ToolCounts byName={tools.by_name} />}
      </section>
      <ReachedOutside run={run} />
    </div>
  );
}

function explainKnown({ known_calls, total_calls, kept_days, by_name }: Run["tools"]): string {
  if (known_calls === 0)
    return `What its calls did with tools is not known. It is kept for ${kept_days} days.`;
  const kept = `Names and results are kept for ${kept_days} days, arguments never.`;
  const part =
    known_calls < total_calls
      ? `Known of ${formatCount(known_calls)} of its ${formatCount(total_calls)} calls. `
      : "";
  return by_name.length === 0 ? `${part}No tool was used.` : part + kept;
}

function ToolCounts({ byName }: { byName: Run["tools"]["by_name"] }) {
  return (
    <table>
      <caption className="visually-hidden">Tool calls by name, most first</caption>
      <thead>
        <tr>
          <th scope="col">Tool</th>
          <th scope="col">Kind</th>
          <th scope="col" className="right">
            Calls
          </th>
          <th scope="col" className="right wide">
            Failed
          </th>
        </tr>
      </thead>
      <tbody>
        {byName.map(({ name, kind, calls, error }) => (
          <tr key={`${name} ${kind}`}>
            <th scope="row" className="slice-name">
              {name}
            </th>
            <td>{TOOL_KIND_NAMES[kind]}</td>
            <td className="right">{formatCount(calls)}</td>
            <td className="right wide">{formatCount(error)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ReachedOutside({ run }: { run: Run }) {
  const { api, me } = useSession();
  const outside = useQuery({
    queryKey: ["run outside", me.person_id, run.run_id],
    queryFn: () => readRunTools(api, me.person_id, run.run_id, "outside"),
  });
  return (
    <section aria-labelledby="outside">
      <div className="section-head">
        <div>
          <h2 id="outside">What could reach outside</h2>
          <p>Programs that were run, and messages or requests that were sent, in your name.</p>
        </div>
      </div>
      {outside.isPending && <Loading shape={<Skeleton height={80} />} />}
      {outside.error !== null && <Failed error={outside.error} retry={() => void outside.refetch()} />}
      {outside.data !== undefined && <OutsideList page={outside.data} />}
    </section>
  );
}

function OutsideList({ page: { tool_calls, next_cursor } }: { page: RunToolsPage }) {
  if (tool_calls.length === 0) return <p className="notes">Nothing that is known of.</p>;
  return (
    <>
      <ScrollRegion label="Tool calls that could reach outside">
        <table>
          <caption className="visually-hidden">Tool calls that could reach outside, oldest first</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Tool</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {tool_calls.map(({ event_id, position, asked_at, name, kind, result }) => (
              <tr key={`${event_id} ${position}`}>
                <th scope="row">{formatTime(asked_at)}</th>
                <td className="slice-name">
                  {name}
                  <div className="labels">{TOOL_KIND_NAMES[kind]}</div>
                </td>
                <td>{RESULTS[result]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {next_cursor !== null && (
        <p className="notes chart-notes">The first {formatCount(tool_calls.length)} are listed.</p>
      )}
    </>
  );
}

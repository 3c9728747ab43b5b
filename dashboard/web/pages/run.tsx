// Run: what was done for me, and what came of it? The run's figures, its agents and tools on one time axis, its outcomes and what was
// expected of it, what is not credited, what reached outside, and the class it counts as, which its person can correct.

import { useQuery } from "@tanstack/react-query";
import type { Run } from "../../../schemas/run-api.ts";
import { FigureStrip } from "../components/figure-strip.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Skeleton } from "../components/states.tsx";
import { Link, PATHS } from "../location.tsx";
import { formatCalls, formatCost } from "../prepare/format.ts";
import { toRunFigures } from "../prepare/run-figures.ts";
import { describeState, nameRun } from "../prepare/run-rows.ts";
import { explainRunSource, formatSpan } from "../prepare/run-words.ts";
import { explainReason } from "../prepare/uncredited-reasons.ts";
import { UNCREDITED_REASONS } from "../../../schemas/closed-lists.ts";
import { useSession } from "../session.ts";
import { RunActivity } from "./run/run-activity.tsx";
import { RunClassSection } from "./run/run-class.tsx";
import { RunTools } from "./run/run-tools.tsx";
import { RunSignalsSection, RunValueSections, useRunValue } from "./run/run-value.tsx";
import { readRun } from "../api/runs.ts";
import "../styles/runs.css";

export function RunPage({ id }: { id: string | null }) {
  const runId = id ?? "";
  const { api, me, now } = useSession();
  const run = useQuery({
    queryKey: ["run", me.person_id, runId],
    queryFn: () => readRun(api, me.person_id, runId),
  });
  return (
    <>
      <p className="notes breadcrumb">
        <Link href={PATHS.runs}>My runs</Link>
      </p>
      <PageHead
        title={run.data === undefined ? "Run" : nameRun(run.data).name}
        audience="Visible to you alone."
        notes={
          run.data === undefined ? undefined : `${nameRun(run.data).detail} · ${formatSpan(run.data, now())}`
        }
      >
        <RunState runId={runId} />
      </PageHead>
      <div className="sheet">
        {run.isPending && <Loading shape={<Skeleton height={320} />} />}
        {run.error !== null && (
          <div className="section">
            <Failed error={run.error} retry={() => void run.refetch()} />
          </div>
        )}
        {run.data !== undefined && <RunContent run={run.data} />}
      </div>
    </>
  );
}

/** Nothing while it is not known. */
function RunState({ runId }: { runId: string }) {
  const { now } = useSession();
  const { data } = useRunValue(runId);
  if (data === undefined) return null;
  const isSettled = Date.parse(data.settles_at) <= now().getTime();
  return <span className={isSettled ? "quiet" : "chip"}>{describeState(data.settles_at, now())}</span>;
}

function RunContent({ run }: { run: Run }) {
  const { now } = useSession();
  const { data: value } = useRunValue(run.run_id);
  return (
    <>
      <FigureStrip figures={toRunFigures(run, value, now())} />
      <RunActivity run={run} />
      <RunValueSections run={run}>
        <NotCredited run={run} />
      </RunValueSections>
      <RunSignalsSection run={run} />
      <RunTools run={run} />
      <div className="split">
        <RunClassSection run={run} />
        <section aria-labelledby="which-calls">
          <div className="section-head">
            <h2 id="which-calls">Which calls belong to it</h2>
          </div>
          <p>{explainRunSource(run.run_source)}</p>
        </section>
      </div>
    </>
  );
}

function NotCredited({ run }: { run: Run }) {
  const reasons = UNCREDITED_REASONS.flatMap((reason) => {
    const costUsd = run.uncredited_cost_usd[reason];
    return costUsd === undefined ? [] : [{ reason, costUsd }];
  });
  return (
    <section aria-labelledby="not-credited">
      <div className="section-head">
        <div>
          <h2 id="not-credited">Not credited, and why</h2>
          <p>
            {reasons.length === 0
              ? `All of its ${formatCalls(run.calls)} are credited.`
              : "It says nothing about you."}
          </p>
        </div>
      </div>
      {reasons.map(({ reason, costUsd }) => {
        const { title, sentence } = explainReason(reason);
        return (
          <div key={reason} className="reason">
            <h3>{title}</h3>
            <p>{sentence}</p>
            <div className="reason-amount number">{formatCost(Number(costUsd))}</div>
          </div>
        );
      })}
    </section>
  );
}

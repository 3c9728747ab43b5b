// Run: what was done for me, and what did it cost? The run's figures, its agents and tools on one time axis, what reached outside,
// and the class it counts as, which its person can correct.

import { useQuery } from "@tanstack/react-query";
import type { Run } from "../../../schemas/run-api.ts";
import { FigureStrip } from "../components/figure-strip.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Skeleton } from "../components/states.tsx";
import { Link, PATHS } from "../location.tsx";
import { toAmounts } from "../prepare/amounts.ts";
import { formatCalls, formatCost, formatCount, formatShare, formatTokens } from "../prepare/format.ts";
import { describeParts, explainRunSource, formatSpan } from "../prepare/run-words.ts";
import { nameClient } from "../prepare/slices.ts";
import { explainReason } from "../prepare/uncredited-reasons.ts";
import { OUTSIDE_KINDS, UNCREDITED_REASONS } from "../../../schemas/closed-lists.ts";
import { useSession } from "../session.ts";
import { RunActivity } from "./run/run-activity.tsx";
import { RunClassSection } from "./run/run-class.tsx";
import { RunTools } from "./run/run-tools.tsx";
import { readRun } from "../api/runs.ts";

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
        title={run.data === undefined ? "Run" : nameClient(run.data.client)}
        audience="Visible to you alone."
        notes={run.data === undefined ? undefined : formatSpan(run.data, now())}
      />
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

function RunContent({ run }: { run: Run }) {
  return (
    <>
      <FigureStrip figures={toFigures(run)} />
      <RunActivity run={run} />
      <RunTools run={run} />
      <div className="split">
        <RunClassSection run={run} />
        <NotCredited run={run} />
      </div>
      <section className="section" aria-labelledby="which-calls">
        <h2 id="which-calls">Which calls belong to it</h2>
        <p>{explainRunSource(run.run_source)}</p>
      </section>
    </>
  );
}

function toFigures(run: Run) {
  const { costUsd, creditedUsd, creditedShare, tokens } = toAmounts(run);
  const cached = run.tokens.cache_read_tokens;
  const outside = run.tools.by_kind
    .filter(({ kind }) => OUTSIDE_KINDS.includes(kind))
    .reduce((sum, { calls }) => sum + calls, 0);
  const toolCalls = run.tools.by_kind.reduce((sum, { calls }) => sum + calls, 0);
  const areToolsKnown = run.tools.known_calls > 0;
  return [
    {
      name: "Cost, credited",
      value: formatCost(creditedUsd),
      unit: "",
      past: costUsd === null ? "" : `of ${formatCost(costUsd)}, ${formatShare(creditedShare)}`,
    },
    {
      name: "Tokens",
      value: formatTokens(tokens),
      unit: "",
      past: tokens === null ? "" : `${formatTokens(cached)} read from cache`,
    },
    {
      name: "Calls",
      value: formatCount(run.calls),
      unit: "",
      past: describeParts(run),
    },
    {
      name: "Tool calls",
      value: areToolsKnown ? formatCount(toolCalls) : "Not known",
      unit: "",
      past: areToolsKnown ? `${formatCount(outside)} could reach outside` : "",
    },
  ];
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

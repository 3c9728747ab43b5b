// My usage: what did my tokens cost, and what came of it? The answer first, then by day, then what it is made of.
//
// Always holds: range, volume and dimension are in the address; totals come from the server and are never sums of a list
// that may be cut.

import "../styles/usage.css";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { Usage } from "../../../schemas/dashboard-api.ts";
import type { UsageValue } from "../../../schemas/usage-value-api.ts";
import { CopyBlock } from "../components/copy-block.tsx";
import { ExportMenu } from "../components/export-menu.tsx";
import { FigureStrip } from "../components/figure-strip.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Segments } from "../components/segments.tsx";
import { AsOf, Failed, Loading, Skeleton } from "../components/states.tsx";
import { Link, PATHS, useAddress } from "../location.tsx";
import { dayOf } from "../prepare/calendar.ts";
import { toCurlLines } from "../prepare/client-setup.ts";
import { toFigures } from "../prepare/figures.ts";
import {
  daysOf,
  parseUsageView,
  RANGES,
  toUsageSearch,
  type UsageView,
  VOLUMES,
} from "../prepare/usage-view.ts";
import { useSession } from "../session.ts";
import { CostByDay } from "./usage/cost-by-day.tsx";
import { toValueFigures, writeEarned } from "../prepare/usage-value.ts";
import { NotCredited } from "./usage/not-credited.tsx";
import { Outcomes } from "./usage/outcomes.tsx";
import { TokenKinds } from "./usage/token-kinds.tsx";
import { WhereItWent } from "./usage/where-it-went.tsx";
import { Yields } from "./usage/yields.tsx";
import { readUsage, readUsageValue } from "../api/usage.ts";

const REFRESH_MS = 60_000;

export function MyUsage() {
  const { api, me, now } = useSession();
  const view = parseUsageView(useAddress().search);
  const days = daysOf(view.range, dayOf(now(), me.timezone));
  const usage = useQuery({
    queryKey: ["usage", me.person_id, days],
    queryFn: () => readUsage(api, me.person_id, days),
    refetchInterval: REFRESH_MS,
  });
  const value = useQuery({
    queryKey: ["value", me.person_id, days],
    queryFn: () => readUsageValue(api, me.person_id, days),
    refetchInterval: REFRESH_MS,
  });
  const href = (change: Partial<UsageView>) => `${PATHS.usage}${toUsageSearch({ ...view, ...change })}`;
  return (
    <>
      <PageHead
        title="My usage"
        audience="Visible to you alone."
        notes={usage.data && <AsOf computedAt={usage.data.computed_at} />}
      >
        <Segments
          label="Range"
          segments={RANGES.map((range) => ({
            label: range.label,
            href: href({ range }),
            isCurrent: range === view.range,
          }))}
        />
        <Segments
          label="Volume"
          segments={VOLUMES.map(({ name, label }) => ({
            label,
            href: href({ volume: name }),
            isCurrent: name === view.volume,
          }))}
        />
        <ExportMenu />
      </PageHead>
      <div className="sheet">
        {usage.error !== null && (
          <div className="section">
            <Failed error={usage.error} retry={() => void usage.refetch()} />
          </div>
        )}
        {usage.data !== undefined && <UsageSheet usage={usage.data} value={value} view={view} />}
        {usage.isPending && <Loading shape={<UsageShape />} />}
      </div>
    </>
  );
}

function UsageSheet({
  usage,
  value,
  view,
}: {
  usage: Usage;
  value: UseQueryResult<UsageValue>;
  view: UsageView;
}) {
  const { me, now } = useSession();
  const valueFigures = value.data === undefined ? null : toValueFigures(value.data, view.range.label);
  const earned = value.data === undefined ? null : writeEarned(value.data);
  if (usage.totals.calls === 0) return <NoCalls usage={usage} view={view} />;
  return (
    <>
      <FigureStrip figures={toFigures(usage, view, valueFigures)} />
      {earned !== null && <p className="earned-line notes">{earned}</p>}
      <CostByDay usage={usage} came={value.data?.came ?? null} view={view} />
      <div className="split">
        <div>
          <WhereItWent usage={usage} view={view} />
          <TokenKinds tokens={usage.totals.tokens} />
        </div>
        <NotCredited usage={usage} volume={view.volume} />
      </div>
      {value.data !== undefined && (
        <>
          <Yields value={value.data} />
          <Outcomes came={value.data.came} today={dayOf(now(), me.timezone)} />
        </>
      )}
      {value.error !== null && (
        <div className="section">
          <Failed error={value.error} retry={() => void value.refetch()} />
        </div>
      )}
    </>
  );
}

/** A short range without a call says nothing of the time before it, so only the longer ones say "yet". */
function NoCalls({ usage, view: { range } }: { usage: Usage; view: UsageView }) {
  const { me } = useSession();
  const isFirst = usage.previous.calls === 0 && range !== RANGES[0];
  return (
    <section className="section stack">
      <h2>{isFirst ? "No calls yet." : `No calls in these ${range.label}.`}</h2>
      <p>
        Point a client here: <Link href={PATHS.keys}>Keys and clients</Link>. Or make one call with a key of
        yours:
      </p>
      <CopyBlock label="One call with curl" lines={toCurlLines(me.gateway_url)} />
    </section>
  );
}

function UsageShape() {
  return (
    <>
      <div className="figure-strip">
        {["cost", "share", "calls", "tokens"].map((name) => (
          <div key={name} className="stack">
            <Skeleton height={18} width="60%" />
            <Skeleton height={36} width="80%" />
            <Skeleton height={18} width="70%" />
          </div>
        ))}
      </div>
      <div className="section stack">
        <Skeleton height={24} width={180} />
        <Skeleton height={240} />
      </div>
    </>
  );
}

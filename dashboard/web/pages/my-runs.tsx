// My runs: which run was that? A table to look for one in: narrowed, in an order, a page at a time.
//
// Always holds: order, filter and page stand in the address, so that the list is the same after a reload and when somebody comes
// back from a run's own page.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { readRuns } from "../api/runs.ts";
import { ExportMenu } from "../components/export-menu.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Skeleton } from "../components/states.tsx";
import { Link, PATHS, useAddress } from "../location.tsx";
import { toRunRows } from "../prepare/run-rows.ts";
import { hasFilters, parseRunsView, runsAddress, type RunsView } from "../prepare/runs-view.ts";
import { useSession } from "../session.ts";
import { RunFilters } from "./runs/run-filters.tsx";
import { RunTable } from "./runs/run-table.tsx";
import type { RunsPage } from "../../../schemas/runs-api.ts";
import "../styles/runs.css";

export function MyRuns() {
  const { api, me } = useSession();
  const view = parseRunsView(useAddress().search);
  const runs = useQuery({
    queryKey: ["runs", me.person_id, view],
    queryFn: () => readRuns(api, me.person_id, view),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageHead title="My runs" audience="Visible to you alone.">
        <ExportMenu />
      </PageHead>
      <div className="sheet">
        <RunFilters view={view} />
        {runs.isPending && <Loading shape={<RunsShape />} />}
        {runs.error !== null && (
          <div className="section">
            <Failed error={runs.error} retry={() => void runs.refetch()} />
          </div>
        )}
        {runs.data !== undefined && runs.error === null && (
          <RunList page={runs.data} view={view} isOld={runs.isPlaceholderData} />
        )}
      </div>
    </>
  );
}

function RunList({ page, view, isOld }: { page: RunsPage; view: RunsView; isOld: boolean }) {
  const { now } = useSession();
  if (page.runs.length === 0) return <NoRuns view={view} />;
  return (
    <section className="section run-list" aria-label="Runs" aria-busy={isOld}>
      <RunTable rows={toRunRows(page.runs, now())} view={view} />
      <Pages page={page} view={view} />
    </section>
  );
}

/** By start they are newer and older; by anything else they stand before and after. */
function Pages({ page, view }: { page: RunsPage; view: RunsView }) {
  const { newer_cursor, older_cursor } = page;
  if (newer_cursor === null && older_cursor === null) return null;
  const [before, after] = view.sort === "start" ? ["Newer", "Older"] : ["Before", "After"];
  return (
    <nav className="run-pages" aria-label="Pages">
      {newer_cursor === null ? (
        <span className="quiet">{before}</span>
      ) : (
        <Link className="button" href={runsAddress({ ...view, newer: newer_cursor, older: null })}>
          {before}
        </Link>
      )}
      {older_cursor === null ? (
        <span className="quiet">{after}</span>
      ) : (
        <Link className="button" href={runsAddress({ ...view, older: older_cursor, newer: null })}>
          {after}
        </Link>
      )}
      {newer_cursor !== null && (
        <Link href={runsAddress({ ...view, newer: null, older: null })}>First page</Link>
      )}
    </nav>
  );
}

function NoRuns({ view }: { view: RunsView }) {
  const isNarrowed = hasFilters(view) || view.older !== null || view.newer !== null;
  return (
    <section className="section stack">
      <h2>{isNarrowed ? "Nothing matches." : "No runs yet."}</h2>
      {isNarrowed ? (
        <p>
          <Link href={PATHS.runs}>Clear the filter</Link>.
        </p>
      ) : (
        <p>
          A run appears when a client has made a call and it has been added up. Point a client here:{" "}
          <Link href={PATHS.keys}>Keys and clients</Link>.
        </p>
      )}
    </section>
  );
}

const SHAPE_ROWS = ["first", "second", "third", "fourth", "fifth", "sixth"];

function RunsShape() {
  return (
    <div className="section stack">
      {SHAPE_ROWS.map((row) => (
        <Skeleton key={row} height={36} />
      ))}
    </div>
  );
}

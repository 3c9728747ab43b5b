// My runs: which run was that? Newest first, a page at a time.
//
// Always holds: how many pages are shown stands in the address (`?pages=2`), so that the list is the same after a reload and when
// somebody comes back from a run's own page.

import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Skeleton } from "../components/states.tsx";
import { Link, navigate, PATHS, useAddress } from "../location.tsx";
import { toRunRows } from "../prepare/run-rows.ts";
import { parsePages, RUN_PAGES_MAX, toPagesSearch } from "../prepare/runs-view.ts";
import { useSession } from "../session.ts";
import { RunTable } from "./runs/run-table.tsx";
import { readRuns } from "../api/runs.ts";

export function MyRuns() {
  const { now } = useSession();
  const pages = parsePages(useAddress().search);
  const runs = useRunPages(pages);
  const rows = toRunRows(runs.data?.pages.flatMap((page) => page.runs) ?? [], now());
  return (
    <>
      <PageHead title="My runs" audience="Visible to you alone." />
      <div className="sheet">
        {runs.isPending && <Loading shape={<RunsShape />} />}
        {runs.isSuccess && rows.length === 0 && <NoRuns />}
        {rows.length > 0 && (
          <section className="section" aria-label="Runs, newest first">
            <RunTable rows={rows} />
            {runs.hasNextPage && pages >= RUN_PAGES_MAX && (
              <p className="more notes">Older runs are not listed here.</p>
            )}
            {runs.hasNextPage && pages < RUN_PAGES_MAX && (
              <p className="more">
                <button
                  type="button"
                  className="button"
                  disabled={runs.isFetchingNextPage}
                  onClick={() => navigate(`${PATHS.runs}${toPagesSearch(pages + 1)}`)}
                >
                  {runs.isFetchingNextPage ? "Loading" : "Show more"}
                </button>
              </p>
            )}
          </section>
        )}
        {runs.error !== null && (
          <div className="section">
            <Failed
              error={runs.error}
              retry={() => void (rows.length > 0 ? runs.fetchNextPage() : runs.refetch())}
            />
          </div>
        )}
      </div>
    </>
  );
}

/** As many pages as the address asks for, one after the other, for each has the cursor of the next. */
function useRunPages(pages: number) {
  const { api, me } = useSession();
  const runs = useInfiniteQuery({
    queryKey: ["runs", me.person_id],
    queryFn: ({ pageParam }) => readRuns(api, me.person_id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = runs;
  const isShort = data !== undefined && data.pages.length < pages;
  useEffect(() => {
    if (isShort && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [isShort, hasNextPage, isFetching, isError, fetchNextPage]);
  return runs;
}

function NoRuns() {
  return (
    <section className="section stack">
      <h2>No runs yet.</h2>
      <p>
        A run appears when a client has made a call and it has been added up. Point a client here:{" "}
        <Link href={PATHS.keys}>Keys and clients</Link>.
      </p>
    </section>
  );
}

const SHAPE_ROWS = ["first", "second", "third", "fourth", "fifth", "sixth"];

function RunsShape() {
  return (
    <div className="section stack">
      {SHAPE_ROWS.map((row) => (
        <Skeleton key={row} height={24} />
      ))}
    </div>
  );
}

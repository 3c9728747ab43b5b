// The addresses of My runs, `/runs?sort=cost&client=codex&older=…`, and of one run, `/runs/ID`.
//
// Always holds: what the address says is what is asked and shown; an unknown word in it is left out. A changed order or filter
// begins at the first page, because a place belongs to one list.

import { RUN_SORTS, runFiltersSchema, type RunFilters, type RunSort } from "../../../schemas/runs-api.ts";

export const RUNS_PATH = "/runs";

export interface RunsView {
  sort: RunSort;
  filters: RunFilters;
  /** Of the page; both null: the first one. */
  older: string | null;
  newer: string | null;
}

const FILTER_NAMES = ["client", "model", "class", "repository", "tag", "reason"] as const;
export type RunFilterName = (typeof FILTER_NAMES)[number];

export const SORT_LABELS: Readonly<Record<RunSort, string>> = {
  start: "Start",
  cost: "Cost",
  outcomes: "Outcomes",
};

export function parseRunsView(search: string): RunsView {
  const query = new URLSearchParams(search);
  const filters: RunFilters = {};
  for (const name of FILTER_NAMES) {
    const value = query.get(name);
    const given = runFiltersSchema.safeParse({ [name]: value });
    if (value !== null && given.success) Object.assign(filters, given.data);
  }
  const older = query.get("older");
  return {
    sort: RUN_SORTS.find((sort) => sort === query.get("sort")) ?? "start",
    filters,
    older,
    newer: older === null ? query.get("newer") : null,
  };
}

/** The address of a view: `/runs?client=codex`. */
export function runsAddress({ sort, filters, older, newer }: RunsView): string {
  const query = new URLSearchParams();
  if (sort !== "start") query.set("sort", sort);
  for (const name of FILTER_NAMES) {
    const value = filters[name];
    if (value !== undefined) query.set(name, value);
  }
  if (older !== null) query.set("older", older);
  if (newer !== null) query.set("newer", newer);
  return query.size === 0 ? RUNS_PATH : `${RUNS_PATH}?${query.toString()}`;
}

/** The first page of a list that differs in its order or filter. An empty value takes a filter away. */
export function changeRunsView(
  view: RunsView,
  change: { sort?: RunSort; filter?: [RunFilterName, string] },
): RunsView {
  const { [change.filter?.[0] ?? "client"]: _changed, ...others } = view.filters;
  const [name, value] = change.filter ?? [];
  const filters =
    name === undefined
      ? view.filters
      : { ...others, ...(value === "" ? {} : runFiltersSchema.partial().parse({ [name]: value })) };
  return { sort: change.sort ?? view.sort, filters, older: null, newer: null };
}

export function hasFilters({ filters }: RunsView): boolean {
  return Object.keys(filters).length > 0;
}

/** The address of a run's page. */
export function runPath(runId: string): string {
  return `${RUNS_PATH}/${encodeURIComponent(runId)}`;
}

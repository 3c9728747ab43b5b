// The addresses of My runs, `/runs?pages=2`, and of one run, `/runs/ID`.

export const RUNS_PATH = "/runs";

/** An address can't ask for more: each page is a request, and a longer list answers no question. */
export const RUN_PAGES_MAX = 20;

export function parsePages(search: string): number {
  const pages = Number(new URLSearchParams(search).get("pages") ?? 1);
  const isCount = Number.isSafeInteger(pages) && pages >= 1;
  return isCount ? Math.min(pages, RUN_PAGES_MAX) : 1;
}

export function toPagesSearch(pages: number): string {
  return pages > 1 ? `?pages=${pages}` : "";
}

/** The address of a run's page. */
export function runPath(runId: string): string {
  return `${RUNS_PATH}/${encodeURIComponent(runId)}`;
}

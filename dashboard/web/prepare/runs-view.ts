// What My runs shows, as its address says it: `?pages=2&run=ID`.

export interface RunsView {
  /** How many pages of the list are shown. */
  pages: number;
  /** The run that is pointed at; null for none. */
  run: string | null;
}

/** An address can't ask for more: each page is a request, and a longer list answers no question. */
export const RUN_PAGES_MAX = 20;

export function parseRunsView(search: string): RunsView {
  const query = new URLSearchParams(search);
  const pages = Number(query.get("pages") ?? 1);
  const isCount = Number.isSafeInteger(pages) && pages >= 1;
  return { pages: isCount ? Math.min(pages, RUN_PAGES_MAX) : 1, run: query.get("run") };
}

export function toRunsSearch({ pages, run }: RunsView): string {
  const query = new URLSearchParams();
  if (pages > 1) query.set("pages", String(pages));
  if (run !== null) query.set("run", run);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

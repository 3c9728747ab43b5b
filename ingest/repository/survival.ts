// Which lines of merged changes still stand some days after the merge, and of which runs they are.
//
//   1. changes   what was merged, and long enough ago (merged-changes.ts)
//   2. lines     whose lines stand in the files of the change, as the branch was those days later (standing-lines.ts)
//   3. outcome   one a change: its effective lines, up to a number, and the runs whose lines stand
//
// Effective lines leave out what is no work of somebody's own (counted-paths.ts), what was only moved, and lines of three characters
// and less. A change of which nothing stands is no outcome, and neither is one that takes another one back.
//
// A change that was taken back and applied again is the outcome that it was at first, and of its runs, whoever applied it
// (change-history.ts). One that was taken back after its lines had stood is told of with its reversal.

import { FILE_HASHES_MAX } from "../../schemas/outcome.ts";
import { readChangeHistory } from "./change-history.ts";
import { toCountedPaths } from "./counted-paths.ts";
import type { Git } from "./git.ts";
import type { MergedChange } from "./merged-changes.ts";
import { add, readStandingLines } from "./standing-lines.ts";

const DAY_MS = 86_400_000;
/** Addresses of programs, and of people who keep theirs to themselves. */
const NOBODYS = /noreply|no-reply|\[bot\]/i;

/** In plain names, as whoever takes outcomes wants them (ingest/outcomes/told-outcomes.ts). */
export interface SurvivedChange {
  kind: "lines_survived" | "pr_reverted";
  id: string;
  /** When it was merged, or taken back. */
  occurred_at: string;
  repository: string;
  /** Whose lines most of them are, where no run is known. */
  person_email?: string;
  /** With a space between them. */
  run_id?: string;
  files?: string[];
  /** Effective lines, no more than count. */
  quantity?: number;
  /** All lines that stand. */
  gross_quantity?: number;
  /** Of the effective lines that were merged; where no run is known, because then files alone link it. */
  rewritten_share?: number;
  reverses?: string;
}

export interface SurvivalOptions {
  /** `owner/name`, as forges tell of it. */
  repository: string;
  /** What is merged into it counts: `origin/main`. */
  branch: string;
  /** Changes that were merged at this time or later. */
  since: Date;
  now: Date;
  survivalDays: number;
  /** More effective lines of one change count no more. */
  effectiveLinesMax: number;
}

/** @throws AppError `bad_request` with what git says, when it can't answer */
export async function readSurvival(git: Git, options: SurvivalOptions): Promise<SurvivedChange[]> {
  const { branch, since, now, survivalDays } = options;
  const history = await readChangeHistory(git, { branch, since });
  const told = new Map<string, SurvivedChange[]>();
  for (const change of history.changes) {
    const dueAt = new Date(change.mergedAt.getTime() + survivalDays * DAY_MS);
    if (change.mergedAt < since || dueAt > now || history.isReversal(change)) continue;
    const asOf = history.lastAt(dueAt) ?? change;
    const first = history.firstOf(change);
    const survived = await toSurvived(git, { change, asOf, first }, options);
    if (survived) told.set(survived.id, [survived, ...toReversal(survived, history.reversalOf(first))]);
  }
  return [...told.values()].flat();
}

interface DueChange {
  change: MergedChange;
  /** The branch when it was due. */
  asOf: MergedChange;
  /** As which change it counts. */
  first: MergedChange;
}

async function toSurvived(
  git: Git,
  { change, asOf, first }: DueChange,
  { repository, effectiveLinesMax }: SurvivalOptions,
): Promise<SurvivedChange | undefined> {
  const paths = await listPaths(git, change, asOf);
  const standing = await countLines(git, change, { at: asOf.id, paths: paths.map(({ now }) => now) });
  if (standing.effective === 0) return undefined;
  const authors =
    change === first ? change.commits.filter(({ id }) => standing.byCommit.has(id)) : first.commits;
  const runIds = new Set(authors.flatMap((commit) => commit.runIds));
  const survived: SurvivedChange = {
    kind: "lines_survived",
    id: `lines of ${repository} ${first.id}`,
    occurred_at: change.mergedAt.toISOString(),
    repository,
    files: paths.slice(0, FILE_HASHES_MAX).map(({ merged }) => merged),
    quantity: Math.min(standing.effective, effectiveLinesMax),
    gross_quantity: standing.all,
  };
  if (runIds.size > 0) return { ...survived, run_id: [...runIds].join(" ") };
  const merged = await countLines(git, change, { at: change.id, paths: paths.map((path) => path.merged) });
  const author = mostLines(
    authors.map(({ id, authorEmail }) => [authorEmail, standing.byCommit.get(id) ?? 0]),
  );
  return {
    ...survived,
    ...(author === undefined ? {} : { person_email: author }),
    rewritten_share: Math.max(0, 1 - standing.effective / Math.max(1, merged.effective)),
  };
}

function toReversal(
  { id, repository }: SurvivedChange,
  reversal: MergedChange | undefined,
): SurvivedChange[] {
  if (reversal === undefined) return [];
  const occurred_at = reversal.mergedAt.toISOString();
  return [{ kind: "pr_reverted", id: `${id} reverted`, occurred_at, repository, reverses: id }];
}

/** The files of a change, as they were called when it was merged and later; without those that are gone. */
async function listPaths(
  git: Git,
  { parent, id }: MergedChange,
  asOf: MergedChange,
): Promise<{ merged: string; now: string }[]> {
  const changed = await git(["diff", "--name-only", "-z", "-M", "--diff-filter=d", parent, id, "--"]);
  const since = (
    await git(["diff", "--name-status", "-z", "-M", "--diff-filter=DR", id, asOf.id, "--"])
  ).split("\0");
  const names = new Map<string, string>();
  for (let at = 0; at + 1 < since.length;) {
    const [status = "", from = "", to = ""] = since.slice(at, at + 3);
    const isRenamed = status.startsWith("R");
    names.set(from, isRenamed ? to : "");
    at += isRenamed ? 3 : 2;
  }
  return changed
    .split("\0")
    .map((merged) => ({ merged, now: names.get(merged) ?? merged }))
    .filter(({ now }) => now !== "");
}

interface LineCount {
  all: number;
  effective: number;
  /** Effective lines. */
  byCommit: Map<string, number>;
}

async function countLines(
  git: Git,
  { parent, commits }: MergedChange,
  { at, paths }: { at: string; paths: readonly string[] },
): Promise<LineCount> {
  const counted = await toCountedPaths(git, paths);
  const lines: LineCount = { all: 0, effective: 0, byCommit: new Map() };
  for (const path of paths) {
    const standing = await readStandingLines(git, { path, from: parent, at });
    for (const { id } of commits) {
      lines.all += standing.all.get(id) ?? 0;
      const effective = counted.has(path) ? (standing.effective.get(id) ?? 0) : 0;
      if (effective > 0) add(lines.byCommit, id, effective);
      lines.effective += effective;
    }
  }
  return lines;
}

function mostLines(lines: readonly (readonly [string, number])[]): string | undefined {
  const counts = new Map<string, number>();
  for (const [author, count] of lines) if (!NOBODYS.test(author)) add(counts, author, count);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most?.[0].toLowerCase();
}

// Whose lines stand in a file: `git blame`, which looks through moved and copied lines and changes of white space, so that a line
// belongs to the commit that wrote it, and not to one that moved or indented it.

import { isGenerated } from "./counted-paths.ts";
import type { Git } from "./git.ts";

/** A shorter line is a bracket or a keyword. Characters, without white space. */
const LINE_CHARS_MIN = 4;
const LINE_HEADER = /^([0-9a-f]{40,64}) \d+ \d+/;

export interface StandingLines {
  /** By commit: every line of it, and those that say something in a file that no program has written. */
  all: Map<string, number>;
  effective: Map<string, number>;
}

/**
 * @param from the commit before those that are asked about; lines of it and before it belong to nobody
 * @param at the commit as of which the file is looked at
 */
export async function readStandingLines(
  git: Git,
  { path, from, at }: { path: string; from: string; at: string },
): Promise<StandingLines> {
  const answer = await git(["blame", "-w", "-M", "-C", "--porcelain", `${from}..${at}`, "--", path]);
  const lines: { commit: string; text: string }[] = [];
  let commit = "";
  for (const line of answer.split("\n")) {
    if (line.startsWith("\t")) lines.push({ commit, text: line.slice(1) });
    else commit = LINE_HEADER.exec(line)?.[1] ?? commit;
  }
  const standing: StandingLines = { all: new Map(), effective: new Map() };
  const isWritten = !isGenerated(lines.map(({ text }) => text));
  for (const { commit: of, text } of lines) {
    add(standing.all, of, 1);
    if (isWritten && text.replaceAll(/\s/g, "").length >= LINE_CHARS_MIN) add(standing.effective, of, 1);
  }
  return standing;
}

export function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

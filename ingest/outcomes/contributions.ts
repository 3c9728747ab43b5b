// Whose work went into a change, in which runs and in which files: from the commits of it, as far as they tell.
//
// A change may have several authors, and an outcome has one person: the one with most of the commits, of two the later. It names every
// run that a commit names, as far as there is room for whole ids.

import { z } from "zod";
import { FILE_HASHES_MAX, type Outcome } from "../../schemas/outcome.ts";
import { FIELD_CHARS_MAX } from "../../schemas/token-event.ts";
import { readRunIds } from "./commit-message.ts";
import type { Fact, Facts, NewFact } from "./facts.ts";
import type { Commit } from "./forge-event.ts";
import type { LinkHashes } from "./link-hashes.ts";

export interface Contribution {
  /** Hash of the commit's id. */
  commit: string;
  personId: string | null;
  runIds: readonly string[];
  fileHashes: readonly string[];
}

export function hashCommit(hashes: LinkHashes, id: string): string {
  return hashes.other("commit", id.toLowerCase());
}

export async function toContributions(
  commits: readonly Commit[],
  { hashes, facts }: { hashes: LinkHashes; facts: Facts },
): Promise<Contribution[]> {
  const people = await facts.findPeople(commits.flatMap(({ authorEmail }) => authorEmail ?? []));
  return commits.map(({ id, authorEmail, message, files }) => ({
    commit: hashCommit(hashes, id),
    personId: people.get(authorEmail?.toLowerCase() ?? "") ?? null,
    runIds: readRunIds(message),
    fileHashes: [...new Set(files.slice(0, FILE_HASHES_MAX).map((file) => hashes.file(file)))],
  }));
}

const valueSchema = z.object({ run_ids: z.array(z.string()), file_hashes: z.array(z.string()) });

/** A millisecond apart, so that the commits of a push are found in their order. */
export function toFacts(contributions: readonly Contribution[], subject: string, pushedAt: Date): NewFact[] {
  return contributions.map(({ commit, personId, runIds, fileHashes }, index) => {
    const value: z.infer<typeof valueSchema> = { run_ids: [...runIds], file_hashes: [...fileHashes] };
    const at = new Date(pushedAt.getTime() + index);
    return { fact: "commit", subject, detail: commit, personId, value, at };
  });
}

export function fromFact({ detail, personId, value }: Fact): Contribution {
  const { run_ids: runIds, file_hashes: fileHashes } = valueSchema.parse(value);
  return { commit: detail, personId, runIds, fileHashes };
}

/** @param contributions in the order of their commits; of one that comes twice the first counts */
export function combine(
  contributions: readonly Contribution[],
): Pick<Outcome, "person_id" | "run_id" | "file_hashes"> {
  const byCommit = new Map<string, Contribution>();
  for (const one of contributions) if (!byCommit.has(one.commit)) byCommit.set(one.commit, one);
  const each = [...byCommit.values()];
  const files = new Set(each.flatMap((one) => one.fileHashes));
  return {
    person_id: mostFrequent(each.flatMap(({ personId }) => personId ?? [])),
    run_id: joinRunIds(each.flatMap((one) => one.runIds)),
    file_hashes: [...files].slice(0, FILE_HASHES_MAX),
  };
}

/** With a space between them (schemas/outcome.ts); no id holds one. */
function joinRunIds(runIds: readonly string[]): string | null {
  let joined = "";
  for (const runId of new Set(runIds)) {
    const longer = joined === "" ? runId : `${joined} ${runId}`;
    if (longer.length <= FIELD_CHARS_MAX) joined = longer;
  }
  return joined === "" ? null : joined;
}

function mostFrequent(personIds: readonly string[]): string | null {
  const commits = new Map<string, number>();
  for (const personId of personIds) commits.set(personId, (commits.get(personId) ?? 0) + 1);
  const most = Math.max(0, ...commits.values());
  return personIds.findLast((personId) => commits.get(personId) === most) ?? null;
}

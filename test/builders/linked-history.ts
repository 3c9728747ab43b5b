// A repository in which agents and people work together in the ways that teams do, the calls of the agents, and which runs each merged
// change really comes from.
//
// The ways: merge, squash on a forge, squash by git, rebase, cherry-pick, two authors, a session that was resumed, lines that were
// written anew, a revert that was taken back, people alone, and agents without the trailer. Two ways are there that no rule can tell.

import { hashWrittenFiles } from "../../ingest/gateway/features/written-files.ts";
import { createLinkHash } from "../../ingest/gateway/features/keys.ts";
import { OTHER_PERSON, PERSON, type Arrival, type FeaturesArrival } from "./analysis.ts";
import { createTestRepository, type Circumstances, type TestRepository } from "./git-history.ts";
import { createRandom, type Random } from "./random-calls.ts";

export const LINK_SECRET = "link secret of a test";
export const PEOPLE: Readonly<Record<string, string>> = {
  "ada@example.com": PERSON,
  "ben@example.com": OTHER_PERSON,
};
const DAY_MS = 86_400_000;

export interface LinkedHistory {
  repository: TestRepository;
  events: Arrival[];
  features: FeaturesArrival[];
  /** `files of the change <- session of the run`, one a run that a change comes from. */
  truth: Set<string>;
  /** Of the last commit. */
  endsAt: Date;
}

interface Work {
  repository: TestRepository;
  random: Random;
  /** Moves on by about a day with each change. */
  clock: { ms: number };
  events: Arrival[];
  features: FeaturesArrival[];
  truth: Set<string>;
  number: number;
}

/** Each of the ways so many times, in an order of the seed's. */
export function buildLinkedHistory(
  folder: string,
  { seed, times }: { seed: number; times: number },
): LinkedHistory {
  const work: Work = {
    repository: createTestRepository(folder),
    random: createRandom(seed),
    clock: { ms: Date.parse("2026-09-01T08:00:00Z") },
    events: [],
    features: [],
    truth: new Set(),
    number: 0,
  };
  work.repository.commit(
    { "README.md": "An app.\n", "src/shared/index.ts": textOf(work, "shared", 6) },
    "Begin",
    at(work),
  );
  const ways = Object.values(WAYS).flatMap((way) => Array.from({ length: times }, () => way));
  while (ways.length > 0) {
    const [way] = ways.splice(work.random(ways.length), 1);
    work.number += 1;
    work.clock.ms += DAY_MS / 2 + work.random(DAY_MS / 1000) * 500;
    way?.(work, `src/part${work.number}`);
  }
  const { repository, events, features, truth } = work;
  return { repository, events, features, truth, endsAt: new Date(work.clock.ms) };
}

type Way = (work: Work, part: string) => void;

const WAYS: Readonly<Record<string, Way>> = {
  merge(work, part) {
    branch(work, () => {
      made(work, `${part}/a.ts`, run(work, "ada", [`${part}/a.ts`]));
      made(work, `${part}/b.ts`, run(work, "ada", [`${part}/b.ts`]));
    });
    expectRuns(work, [`${part}/a.ts`, `${part}/b.ts`], work.events.slice(-2));
  },
  squashOnForge(work, part) {
    const runs = [run(work, "ada", [`${part}/a.ts`]), run(work, "ben", [`${part}/b.ts`])];
    const message = `Add it (#${work.number})\n\n${runs.map((id) => `* part\n\nAssay-Run: ${id}`).join("\n\n")}`;
    commit(work, [`${part}/a.ts`, `${part}/b.ts`], message);
    expectRuns(work, [`${part}/a.ts`, `${part}/b.ts`], work.events.slice(-2));
  },
  squashByGit(work, part) {
    branch(work, () => made(work, `${part}/a.ts`, run(work, "ada", [`${part}/a.ts`])), "squash");
    expectRuns(work, [`${part}/a.ts`], work.events.slice(-1));
  },
  rebase(work, part) {
    branch(
      work,
      () => {
        made(work, `${part}/a.ts`, run(work, "ada", [`${part}/a.ts`]));
        made(work, `${part}/b.ts`, run(work, "ben", [`${part}/b.ts`]));
      },
      "rebase",
    );
    expectRuns(work, [`${part}/a.ts`], work.events.slice(-2, -1));
    expectRuns(work, [`${part}/b.ts`], work.events.slice(-1));
  },
  cherryPick(work, part) {
    const { repository } = work;
    repository.git("switch", "-qc", `picked${work.number}`);
    const picked = made(work, `${part}/a.ts`, run(work, "ada", [`${part}/a.ts`]));
    repository.git("switch", "-q", "main");
    repository.gitWith(at(work), "cherry-pick", picked);
    expectRuns(work, [`${part}/a.ts`], work.events.slice(-1));
  },
  coAuthors(work, part) {
    branch(work, () => {
      commit(work, [`${part}/c.ts`], "By hand\n\nCo-authored-by: ada <ada@example.com>", "ben");
      made(work, `${part}/a.ts`, run(work, "ada", [`${part}/a.ts`]));
      made(work, `${part}/b.ts`, run(work, "ben", [`${part}/b.ts`]));
    });
    expectRuns(work, [`${part}/a.ts`, `${part}/b.ts`, `${part}/c.ts`], work.events.slice(-2));
  },
  resumed(work, part) {
    const session = run(work, "ada", [`${part}/a.ts`]);
    branch(work, () => {
      made(work, `${part}/a.ts`, session);
      work.clock.ms += DAY_MS;
      run(work, "ada", [`${part}/b.ts`], session);
      made(work, `${part}/b.ts`, session);
    });
    expectRuns(work, [`${part}/a.ts`, `${part}/b.ts`], work.events.slice(-2));
  },
  writtenAnew(work, part) {
    branch(work, () => {
      made(work, `${part}/a.ts`, run(work, "ada", [`${part}/a.ts`]));
      commit(work, [`${part}/a.ts`], "Write it anew, by hand", "ada");
      made(work, `${part}/b.ts`, run(work, "ada", [`${part}/b.ts`]));
    });
    expectRuns(work, [`${part}/a.ts`, `${part}/b.ts`], work.events.slice(-1));
  },
  appliedAgain(work, part) {
    const { repository } = work;
    const original = made(work, `${part}/a.ts`, run(work, "ada", [`${part}/a.ts`]));
    const [event] = work.events.slice(-1);
    work.clock.ms += DAY_MS;
    revert(work, original, "Take it back");
    work.clock.ms += DAY_MS;
    revert(
      work,
      repository.git("rev-parse", "HEAD").trim(),
      `Bring it back\n\nAssay-Run: ${run(work, "ben", [])}`,
    );
    expectRuns(work, [`${part}/a.ts`], event ? [event] : []);
  },
  byHand(work, part) {
    run(work, "ben", [`${part}/notes.ts`]);
    run(work, "ada", [`${part}/a.ts`]);
    commit(work, [`${part}/b.ts`], "By hand", "ben");
  },
  withoutTrailer(work, part) {
    run(work, "ben", [`${part}/a.ts`]);
    commit(work, [`${part}/a.ts`, `${part}/b.ts`], "With an agent", "ben");
    expectRuns(work, [`${part}/a.ts`, `${part}/b.ts`], work.events.slice(-1));
  },
  /** What can't be told from work with an agent: somebody threw away what theirs had written, and wrote the file by hand. */
  ownFilesByHand(work, part) {
    run(work, "ben", [`${part}/a.ts`]);
    commit(work, [`${part}/a.ts`], "By hand after all", "ben");
  },
  /** What leaves no trace: a forge's squash whose message was shortened, by somebody who keeps their address to themselves. */
  withoutTrace(work, part) {
    run(work, "ada", [`${part}/a.ts`]);
    commit(work, [`${part}/a.ts`], "Add it", "noreply");
    expectRuns(work, [`${part}/a.ts`], work.events.slice(-1));
  },
  anothersFiles(work, part) {
    run(work, "ada", [`${part}/a.ts`]);
    commit(work, [`${part}/a.ts`], "By hand, on the same file", "ben");
  },
};

/** A call of an agent that writes files, from the root of somebody's disk. Returns its session. */
function run(
  { number, events, features, clock }: Work,
  who: string,
  files: readonly string[],
  session = `session${number}-${events.length}`,
): string {
  clock.ms += 3_600_000;
  const started_at = new Date(clock.ms).toISOString();
  const event_id = `01936a0c-0000-7000-8000-${String(events.length).padStart(12, "0")}`;
  const person_id = PEOPLE[`${who}@example.com`] ?? null;
  events.push({ event_id, started_at, person_id, session_id: session, client: "claude-code" });
  const calls = files.map((file) => {
    const call = { name: "Write", arguments: { file_path: `/home/${who}/work/app/${file}` } };
    return { call, kind: "write" as const };
  });
  const written_file_hashes = hashWrittenFiles(calls, createLinkHash(LINK_SECRET));
  if (files.length > 0)
    features.push({ event_id, started_at, person_id, tool_kinds: ["write"], written_file_hashes });
  return session;
}

/** The commit that an agent makes where the trailer is installed. */
function made(work: Work, file: string, session: string): string {
  return commit(work, [file], `Write ${file}\n\nAssay-Run: ${session}`);
}

function commit(work: Work, files: readonly string[], message: string, who = "ada"): string {
  const texts = files.map(
    (file) => [file, textOf(work, file.replaceAll(/\W/g, ""), 5 + work.random(20))] as const,
  );
  return work.repository.commit(Object.fromEntries(texts), message, {
    ...at(work),
    by: `${who}@example.com`,
  });
}

function branch(work: Work, develop: () => void, way: "merge" | "squash" | "rebase" = "merge"): void {
  const { repository, number } = work;
  const name = `work${number}`;
  repository.git("switch", "-qc", name);
  develop();
  repository.git("switch", "-q", "main");
  if (way === "merge") repository.gitWith(at(work), "merge", "-q", "--no-ff", "-m", `Merge ${name}`, name);
  else if (way === "squash") {
    repository.git("merge", "-q", "--squash", name);
    repository.gitWith({ ...at(work), env: { GIT_EDITOR: "true" } }, "commit", "-q");
  } else {
    commit(work, [`docs/meanwhile${number}.ts`], "Meanwhile, by hand", "ben");
    repository.git("switch", "-q", name);
    repository.gitWith(at(work), "rebase", "-q", "main");
    repository.git("switch", "-q", "main");
    repository.git("merge", "-q", "--ff-only", name);
  }
}

function revert(work: Work, id: string, message: string): void {
  work.repository.git("revert", "--no-commit", id);
  const [subject, ...rest] = message.split("\n\n");
  const text = [subject, `This reverts commit ${id}.`, ...rest].join("\n\n");
  work.repository.gitWith(at(work), "commit", "-q", "-m", text);
}

function at({ clock }: Work): Circumstances {
  clock.ms += 60_000;
  return { at: new Date(clock.ms).toISOString() };
}

/** Lines that no other text has. */
function textOf({ clock }: Work, word: string, lines: number): string {
  const line = (index: number): string => `const ${word}${index} = "${clock.ms} ${index}";\n`;
  return Array.from({ length: lines }, (_, index) => line(index)).join("");
}

function expectRuns({ truth }: Work, files: readonly string[], runs: readonly Arrival[]): void {
  for (const { session_id, started_at } of runs) truth.add(toPair(files, session_id, started_at));
}

export function toPair(files: readonly string[], session: unknown, startedAt: unknown): string {
  return `${files.toSorted((a, b) => a.localeCompare(b)).join(" ")} <- ${String(session)} ${String(startedAt)}`;
}

// Records that can't be delivered, kept with their reason for 14 days: an operator can see what was wrong and try them again, and
// nothing is dropped in silence.
//
// Here they lie in a folder, a file a day, one JSON document a line: `{at, reason, payload}`. Lines are only ever appended, so that
// processes that share the folder need not wait for each other. A letter that is done with is crossed out by a later line,
// `{at, done: ID}`, whose ID is the hash of the letter's line.

import { createReadStream, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { hash } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { DeadLetter } from "../spool/writer-cursor.ts";

const RETENTION_MS = 14 * 86_400_000;
const FILE_NAME = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;
/** Letters that are offered together. */
export const OFFERED_MAX = 500;

export interface DeadLetters {
  /** Resolves when the letters are safe. */
  keep(letters: readonly DeadLetter[]): Promise<void>;
}

export interface KeptLetter extends DeadLetter {
  /** When it was put aside, RFC 3339. */
  at: string;
}

/** What becomes of a letter: it is stored and gone, stays as it is, or stays for another reason. */
export type Verdict = "stored" | "stays" | { reason: string };

export interface DeadLetterStore {
  /** All there are, a few at a time. */
  read(see: (letters: readonly KeptLetter[]) => void): Promise<void>;
  /** Offers all that there are at this moment, a few at a time, and keeps what stays; stops early when it is enough. */
  retry(offer: Offer): Promise<void>;
}

export interface Offer {
  /** @returns one verdict a letter, in their order */
  judge: (letters: readonly KeptLetter[]) => Promise<Verdict[]>;
  isEnough: () => boolean;
}

export interface DeadLetterFolder extends DeadLetters, DeadLetterStore {}

const lineSchema = z.union([
  z.object({ at: z.string(), reason: z.string(), payload: z.string() }),
  z.object({ at: z.string(), done: z.string() }),
]);

export function openDeadLetters({ folder, now }: { folder: string; now: () => Date }): DeadLetterFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 });

  function removeOld(): void {
    for (const { file, day } of listFiles(folder))
      if (Date.parse(day) < now().getTime() - RETENTION_MS) rmSync(file, { force: true });
  }

  async function append(entries: readonly (DeadLetter | { done: string })[]): Promise<void> {
    if (entries.length === 0) return;
    removeOld();
    const at = now().toISOString();
    const lines = entries.map((entry) => `${JSON.stringify({ at, ...entry })}\n`);
    await appendFile(join(folder, `${at.slice(0, 10)}.jsonl`), lines.join(""), { mode: 0o600, flush: true });
  }

  return {
    keep: (letters) => append(letters.map(({ reason, payload }) => ({ reason, payload }))),
    async read(see) {
      for await (const letters of readGroups(folder)) see(letters);
    },
    async retry({ judge, isEnough }) {
      for await (const letters of readGroups(folder)) {
        const verdicts = await judge(letters);
        await append(letters.flatMap((letter, index) => toEntries(letter, verdicts[index] ?? "stays")));
        if (isEnough()) return;
      }
    },
  };
}

interface FiledLetter extends KeptLetter {
  id: string;
}

/** What says in the folder what became of a letter. */
function toEntries({ id, payload }: FiledLetter, verdict: Verdict): (DeadLetter | { done: string })[] {
  if (verdict === "stays") return [];
  return verdict === "stored" ? [{ done: id }] : [{ reason: verdict.reason, payload }, { done: id }];
}

interface LetterFile {
  file: string;
  day: string;
  bytes: number;
}

function listFiles(folder: string): LetterFile[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const day = FILE_NAME.exec(name)?.[1];
      const file = join(folder, name);
      return day === undefined ? [] : [{ file, day, bytes: statSync(file).size }];
    });
}

/** Those that are not crossed out, oldest first. What is appended meanwhile is not among them. */
async function* readGroups(folder: string): AsyncGenerator<FiledLetter[]> {
  const files = listFiles(folder);
  const done = new Set<string>();
  for await (const line of readLines(files)) if ("done" in line) done.add(line.done);
  let group: FiledLetter[] = [];
  for await (const line of readLines(files)) {
    if ("done" in line || done.has(line.id)) continue;
    group.push(line);
    if (group.length < OFFERED_MAX) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function* readLines(files: readonly LetterFile[]): AsyncGenerator<FiledLetter | { done: string }> {
  for (const { file, day, bytes } of files) {
    if (bytes === 0) continue;
    for await (const line of createInterface({ input: createReadStream(file, { end: bytes - 1 }) })) {
      if (line !== "") yield parseLine(line, day);
    }
  }
}

/** A line that a power cut left half written is a letter, too, so that somebody sees it. */
function parseLine(line: string, day: string): FiledLetter | { done: string } {
  const id = hash("sha256", line);
  const parsed = lineSchema.safeParse(parseJson(line));
  if (!parsed.success) return { id, at: day, reason: "a line of the folder that is damaged", payload: line };
  return "done" in parsed.data ? parsed.data : { id, ...parsed.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

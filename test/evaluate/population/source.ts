// Reads a folder in the form of `agent_sessions`: real sessions of coding agents, call by call, with the commits that landed. Nothing
// but `agent_sessions` is needed, and any project names are taken.
//
// Always holds: a token count that the source has wrong is mended in one place. Claude Code's transcripts carry the count of the
// stream's start, so its output is estimated as a quarter of the characters; Codex' and OpenCode's includes hidden reasoning,
// which is a count of its own here.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { z } from "zod";

export interface Tokens {
  input: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
}

export interface SourceCall {
  /** Since the session's first call. */
  afterMs: number;
  /** '' the main agent. */
  subAgent: string;
  model: string;
  tokens: Tokens;
  outputChars: number;
  tools: string[];
  toolHash: string;
  trigger: "human" | "tool" | "other";
  /** New text since the request before, without the prompt itself where that is known. */
  inputChars: number;
  isToolError: boolean;
  /** The smallest hashes of the prompt's shingles, 8 at most; empty where nobody wrote anything. */
  promptHashes: number[];
}

export interface SourceSession {
  person: string;
  session: string;
  /** The client, as the data name it: `Claude Code`, `Codex`, `OpenCode`, or another. */
  agent: string;
  startedAtMs: number;
  calls: SourceCall[];
  /** Commits of the session that landed on the default branch, since its first call. */
  landedAfterMs: number[];
}

const CLAUDE_CODE = "Claude Code";
const CHARS_PER_TOKEN = 4;
/** Longer pauses are cut to this, so that a session stays one run and ends in the week in which it began. */
const PAUSE_MS_MAX = 3_600_000;
const HASH_DIGITS = 8;

const number = z.coerce.number();
const callSchema = z.object({
  user: z.string(),
  session: z.string(),
  sub: z.string(),
  ts: number,
  agent: z.string(),
  model: z.string(),
  in_tok: number,
  cache_write: number,
  cache_read: number,
  out_tok: number,
  reason_tok: number,
  out_chars: number,
  think_chars: number,
  tools: z.string(),
  tool_hash: z.string(),
  trig: z.string(),
  in_chars: number,
  is_err: number,
  human_sk8: z.string(),
});
const commitSchema = z.object({
  user: z.string(),
  session: z.string(),
  created_at: z.coerce.date(),
  landed_default_branch: z.string(),
});

type CallRow = z.output<typeof callSchema>;

/** Every session of the folder, by person and then by time. @throws where a file is not in the form of `agent_sessions` */
export function readSources(dataDir: string): SourceSession[] {
  const folder = join(dataDir, "agent_sessions");
  const files = readdirSync(folder).toSorted();
  const rows = files
    .filter((name) => /^events_.*\.csv(\.gz)?$/.test(name))
    .flatMap((name) => readTable(join(folder, name), callSchema));
  const commits = files
    .filter((name) => /^checkpoints_.*\.csv(\.gz)?$/.test(name))
    .flatMap((name) => readTable(join(folder, name), commitSchema));
  const landed = Map.groupBy(
    commits.filter((commit) => commit.landed_default_branch === "1"),
    ({ user, session }) => `${user} ${session}`,
  );
  const sessions = Map.groupBy(rows, ({ user, session }) => `${user} ${session}`);
  return [...sessions]
    .map(([key, calls]) => toSession(calls, landed.get(key) ?? []))
    .toSorted(
      (a, b) => compare(a.person, b.person) || a.startedAtMs - b.startedAtMs || compare(a.session, b.session),
    );
}

function readTable<Row extends z.ZodType>(file: string, row: Row): z.output<Row>[] {
  const bytes = readFileSync(file);
  const records: unknown = parse(file.endsWith(".gz") ? gunzipSync(bytes) : bytes, { columns: true });
  return z.array(row).parse(records);
}

function toSession(rows: readonly CallRow[], commits: readonly { created_at: Date }[]): SourceSession {
  const ordered = rows.toSorted((a, b) => a.ts - b.ts);
  const [first] = ordered;
  if (first === undefined) throw new Error("a session has a call");
  const startedAtMs = first.ts * 1000;
  const places = closePauses(ordered.map(({ ts }) => ts * 1000 - startedAtMs));
  const endMs = places.at(-1) ?? 0;
  return {
    person: first.user,
    session: first.session,
    agent: first.agent,
    startedAtMs,
    calls: ordered.map((row, at) => toCall(row, places[at] ?? 0)),
    landedAfterMs: commits.map(({ created_at }) =>
      Math.min(Math.max(created_at.getTime() - startedAtMs, endMs / 2), endMs + PAUSE_MS_MAX),
    ),
  };
}

function closePauses(times: readonly number[]): number[] {
  let cutMs = 0;
  return times.map((time, at) => {
    cutMs += Math.max(0, time - (times[at - 1] ?? time) - PAUSE_MS_MAX);
    return Math.round(time - cutMs);
  });
}

function toCall(row: CallRow, afterMs: number): SourceCall {
  const outputChars = row.out_chars + row.think_chars;
  const isCut = row.agent === CLAUDE_CODE;
  return {
    afterMs,
    subAgent: row.sub === "main" ? "" : row.sub,
    model: row.model,
    tokens: {
      input: row.in_tok,
      cacheRead: row.cache_read,
      cacheWrite: row.cache_write,
      output: isCut
        ? Math.max(row.out_tok, Math.ceil(outputChars / CHARS_PER_TOKEN))
        : Math.max(0, row.out_tok - row.reason_tok),
      reasoning: isCut ? 0 : Math.min(row.reason_tok, row.out_tok),
    },
    outputChars: row.out_chars,
    tools: row.tools === "" ? [] : row.tools.split("|"),
    toolHash: row.tool_hash,
    trigger: row.trig === "human" || row.trig === "tool" ? row.trig : "other",
    inputChars: row.in_chars,
    isToolError: row.is_err > 0,
    promptHashes: toHashes(row.human_sk8),
  };
}

function toHashes(digits: string): number[] {
  const count = Math.floor(digits.length / HASH_DIGITS);
  return Array.from({ length: count }, (_, at) =>
    Number.parseInt(digits.slice(at * HASH_DIGITS, (at + 1) * HASH_DIGITS), 16),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

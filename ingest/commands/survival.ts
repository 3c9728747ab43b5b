// `assay survival --repo DIR`: which lines of merged changes still stand a week later. It reads a local clone, and gives outcomes: as
// lines for `assay import outcomes`, or with --url to a running Assay. The same changes can be told of any number of times.

import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { AppError } from "../../schemas/app-error.ts";
import { defineCommand, EXIT, type CommandArguments, type ProcessCommand } from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { readIfPresent } from "../../schemas/data-directory.ts";
import { createLinkHashes } from "../outcomes/link-hashes.ts";
import { OUTCOMES_MAX, toOutcome } from "../outcomes/told-outcomes.ts";
import { openRepository, type Git } from "../repository/git.ts";
import { readSurvival, type SurvivedChange } from "../repository/survival.ts";

/** What a clone is looked at for, where nobody asks from when on. Intake takes nothing that is older than calls are kept: 30 days. */
const DAYS_BACK = 28;
const DAY_MS = 86_400_000;
const ANSWER_MS_MAX = 30_000;

export const survivalCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "survival",
  summary: "Tell which lines of merged changes still stand a week later, from a local clone",
  usage: "[--repo DIR] [--since T] [--branch NAME] [--name OWNER/NAME] [--url URL --key-file FILE]",
  options: {
    repo: { type: "string", help: "the clone; without it, the folder that this is run in" },
    since: { type: "string", help: `changes merged at T or later; without it, ${DAYS_BACK} days ago` },
    branch: {
      type: "string",
      help: "what is merged into it counts; without it, the branch that is checked out",
    },
    name: { type: "string", help: "owner/name of the repository; without it, from its remote origin" },
    url: { type: "string", help: "a running Assay that is told, in place of printing lines" },
    "key-file": { type: "string", help: "file with an Assay key of a service, for --url" },
  },
  async run({ values }, io, config) {
    const folder = resolve(io.cwd, text(values, "repo") ?? ".");
    const git = openRepository(folder);
    const now = io.now();
    const { survivalDays, effectiveLinesMax } = config.method.outcomes;
    const changes = await readSurvival(git, {
      repository: text(values, "name") ?? (await readName(git, folder)),
      branch: text(values, "branch") ?? "HEAD",
      since: readSince(text(values, "since"), now),
      now,
      survivalDays,
      effectiveLinesMax,
    });
    const url = text(values, "url");
    if (url === undefined) for (const line of toLines(changes, now, config)) io.stdout.write(line);
    else
      await send(changes, { url, key: await readKey(text(values, "key-file"), io.cwd), signal: io.signal });
    io.stderr.write(`${changes.length} outcomes of lines that stand after ${survivalDays} days.\n`);
    return EXIT.done;
  },
});

function text(values: CommandArguments["values"], name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function readSince(given: string | undefined, now: Date): Date {
  const since = given === undefined ? new Date(now.getTime() - DAYS_BACK * DAY_MS) : new Date(given);
  if (!Number.isNaN(since.getTime())) return since;
  throw new AppError("bad_request", "--since takes a time such as 2026-11-20 or 2026-11-20T09:30:00Z.");
}

async function readName(git: Git, folder: string): Promise<string> {
  const remotes = (await git(["remote"])).split("\n");
  return remotes.includes("origin") ? (await git(["remote", "get-url", "origin"])).trim() : basename(folder);
}

/** Names are hashed here, by the secret that gateways have. */
function toLines(changes: readonly SurvivedChange[], now: Date, config: Config): string[] {
  const secret = config.linkSecret ?? readIfPresent(join(config.dataDir, "link-secret"));
  if (secret === undefined)
    throw new AppError(
      "bad_configuration",
      "Lines for an import need the link secret of the gateways: set ASSAY_LINK_SECRET, or tell a running Assay with --url.",
    );
  const teller = {
    hashes: createLinkHashes(secret),
    survivalDays: config.method.outcomes.survivalDays,
    now,
    prefix: "import",
    source: "import" as const,
    personOf: () => null,
  };
  return changes.map((change) => {
    const { person_email } = change;
    const outcome = toOutcome({ files: [], quantity: 1, source: "api", ...change }, teller);
    return `${JSON.stringify({ ...outcome, ...(person_email === undefined ? {} : { person_email }) })}\n`;
  });
}

async function readKey(file: string | undefined, cwd: string): Promise<string> {
  if (file === undefined)
    throw new AppError("bad_request", "Name the file of an Assay key of a service: --key-file FILE.");
  return (await readFile(resolve(cwd, file), "utf8")).trim();
}

async function send(
  changes: readonly SurvivedChange[],
  { url, key, signal }: { url: string; key: string; signal: AbortSignal },
): Promise<void> {
  for (let start = 0; start < changes.length; start += OUTCOMES_MAX) {
    const outcomes = changes.slice(start, start + OUTCOMES_MAX);
    const response = await fetch(new URL("/api/v1/outcomes", url), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ outcomes }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    if (!response.ok)
      throw new AppError(
        "upstream_unreachable",
        `${url} took ${start} of ${changes.length} outcomes, and then answered ${response.status}: ${await response.text()}`,
        { retry: true },
      );
  }
}

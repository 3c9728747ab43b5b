// `assay import claude-code [DIR]` and `assay import codex [DIR]`: the calls of a person's local transcripts, without their text.

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../../schemas/app-error.ts";
import {
  defineCommand,
  EXIT,
  refuseUsage,
  type CommandArguments,
  type StoreCommand,
} from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { readIfPresent } from "../../schemas/data-directory.ts";
import type { PostgresStore } from "../../schemas/postgres/open.ts";
import { people } from "../../schemas/postgres/tables.ts";
import { contentOf } from "../gateway/clients/all-clients.ts";
import { createLinkHash, createSketchKeys } from "../gateway/features/keys.ts";
import { claudeCode } from "../import/claude-code.ts";
import { codex } from "../import/codex.ts";
import { importTranscripts, type TranscriptSummary } from "../import/import-transcripts.ts";
import { createPeopleByEmail, type ImportedPerson } from "../import/people-by-email.ts";
import { createDescriber, type DescribeContent } from "../import/transcript-features.ts";
import { findTranscripts } from "../import/transcript-files.ts";
import type { TranscriptFormat } from "../import/transcript.ts";
import { createPricer } from "../sink/price.ts";

const SECRET_BYTES = 32;

export const importClaudeCodeCommand = defineTranscriptCommand({
  client: "claude-code",
  format: claudeCode,
  defaultFolders: ({ claudeConfigDir }) => [join(claudeConfigDir, "projects")],
  home: "~/.claude/projects, or CLAUDE_CONFIG_DIR",
});

export const importCodexCommand = defineTranscriptCommand({
  client: "codex",
  format: codex,
  defaultFolders: ({ codexHome }) => [join(codexHome, "sessions"), join(codexHome, "archived_sessions")],
  home: "~/.codex/sessions and archived_sessions, or CODEX_HOME",
});

interface TranscriptSource {
  client: string;
  format: TranscriptFormat;
  /** Where the client itself puts them. */
  defaultFolders: (config: Config) => string[];
  home: string;
}

function defineTranscriptCommand({ client, format, defaultFolders, home }: TranscriptSource): StoreCommand {
  return defineCommand<StoreCommand>({
    kind: "store",
    name: `import ${client}`,
    summary: `Take the calls of a person's ${format.title} transcripts into the store, without their text`,
    usage: `[DIR] [--person EMAIL] [--since T]   (DIR: ${home} unless said)`,
    options: {
      person: {
        type: "string",
        help: "whose transcripts they are; may be left out where there is one person",
      },
      since: {
        type: "string",
        help: "calls that started at T or later: 2026-11-20 (UTC) or 2026-11-20T09:30:00Z",
      },
    },
    async run(args, io, { clickhouse, postgres }, config) {
      const since = readSince(args);
      if (since === null)
        return refuseUsage(io, "--since takes a time such as 2026-11-20 or 2026-11-20T09:30:00Z.");
      const folders =
        readFolders(args, io.cwd) ?? defaultFolders(config).filter((folder) => existsSync(folder));
      const found = await Promise.all(folders.map((folder) => findTranscripts(folder, format, since)));
      const files = found.flat();
      if (files.length === 0) {
        const places = folders.length > 0 ? folders : defaultFolders(config);
        throw new AppError("bad_request", `No transcripts of ${format.title} are in ${places.join(" or ")}.`);
      }
      const person = await readPerson(args, postgres);
      if (typeof person === "string") return refuseUsage(io, person);
      const begunAtMs = io.now().getTime();
      const summary = await importTranscripts(clickhouse, format, files, {
        price: createPricer(config.prices),
        retentionDays: config.retentionDays,
        person,
        describe: createTranscriptDescriber(config),
        since,
        input: io,
        now: io.now,
        signal: io.signal,
        onProgress: createProgress(files.length, (line) => io.stderr.write(line)),
      });
      io.stderr.write(toText(summary, (io.now().getTime() - begunAtMs) / 1000));
      if (args.values["json"] === true) io.stdout.write(`${JSON.stringify(summary)}\n`);
      return summary.refused === 0 ? EXIT.done : EXIT.failed;
    },
  });
}

/** Where the gateways' secrets are not known, hashes of this import can be compared with one another alone. */
function createTranscriptDescriber({
  sketchSecret,
  linkSecret,
  dataDir,
  toolKinds,
}: Config): DescribeContent {
  const secretOf = (name: string): string =>
    readIfPresent(join(dataDir, name)) ?? randomBytes(SECRET_BYTES).toString("base64url");
  return createDescriber({
    keysAt: createSketchKeys(sketchSecret ?? secretOf("sketch-secret")),
    hashTarget: createLinkHash(linkSecret ?? secretOf("link-secret")),
    contentOf,
    toolKinds,
  });
}

function readFolders({ positionals }: CommandArguments, cwd: string): string[] | undefined {
  return positionals.length === 0 ? undefined : positionals.map((folder) => resolve(cwd, folder));
}

const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).transform((given) => new Date(given));

/** Null where it is no time. */
function readSince({ values }: CommandArguments): Date | null | undefined {
  return values["since"] === undefined ? undefined : (time.safeParse(values["since"]).data ?? null);
}

/** Or what is wrong, in one sentence. Who is not known yet is made, as by every import. */
async function readPerson(
  { values }: CommandArguments,
  postgres: PostgresStore,
): Promise<ImportedPerson | string> {
  const personOf = createPeopleByEmail(postgres);
  if (values["person"] !== undefined) {
    const email = z.email().toLowerCase().safeParse(values["person"]);
    return email.success ? personOf(email.data) : "--person takes an e-mail address.";
  }
  const [only, other] = await postgres.db.select({ email: people.email }).from(people).limit(2);
  return only && !other ? personOf(only.email) : "Say whose transcripts these are: --person EMAIL.";
}

/** Told each time another tenth of the files is done. */
function createProgress(files: number, write: (line: string) => void): (summary: TranscriptSummary) => void {
  let told = 0;
  return ({ files: done }) => {
    const tenth = Math.floor((done / files) * 10);
    if (tenth === told || done === files) return;
    told = tenth;
    write(`${done} of ${files} files read\n`);
  };
}

function toText(summary: TranscriptSummary, seconds: number): string {
  const { files, imported, repeated, known, copies, erased, refused, refusals } = summary;
  const lines = refusals.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
  if (refused > refusals.length) lines.push(`… and ${refused - refusals.length} more`);
  const rate = seconds > 0 ? ` (${Math.round((imported + repeated + known) / seconds)} calls/s)` : "";
  lines.push(
    `${imported} calls imported from ${files} files${rate}; ${repeated} were imported before, ${known} are already recorded ` +
      `otherwise, ${copies} copies in other files, ${erased} of an erased person left out, ${refused} lines refused.`,
  );
  return `${lines.join("\n")}\n`;
}

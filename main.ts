#!/usr/bin/env node
// The `assay` program: finds the command, reads the settings, runs it, and turns what went wrong into one sentence and an
// exit code. This file, `start.ts`, `service.ts` and `control.ts` put the parts together; only they import more than one.

import { parseArgs } from "node:util";
import { listCommands, type CommandEntry } from "./commands.ts";
import { runInService } from "./control.ts";
import { AppError } from "./schemas/app-error.ts";
import {
  EXIT,
  type Command,
  type CommandArguments,
  type CommandIo,
  type DiagnosticCommand,
  type ExitCode,
  type Stores,
} from "./schemas/command.ts";
import { readConfig, type Config } from "./schemas/config.ts";
import { isOwned } from "./schemas/data-directory.ts";
import { createLog } from "./schemas/log.ts";
import { parentMessageSchema, tellParent } from "./schemas/process-messages.ts";

const COMMANDS = listCommands(runCommand);
/**
 * From being told to stop until this process is gone, whatever still hangs: longer than any process gives its parts. What it
 * leaves undone is safe in the spool, and is done by the next one.
 */
const END_MS_MAX = 60_000;

async function main(): Promise<void> {
  // A log that can't be written, because its disk is full or its reader gone, ends no process that forwards calls.
  process.stderr.on("error", () => undefined);
  const stop = new AbortController();
  const argv = process.argv.slice(2);
  listenForStop(stop, { isPart: findCommand(argv)?.entry.isInternal === true });
  stop.signal.addEventListener("abort", () => setTimeout(leave, END_MS_MAX).unref());
  process.exitCode = await runCommand(argv, {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    now: () => new Date(),
    signal: stop.signal,
  });
  process.disconnect?.();
}

/**
 * A part of `assay start` or `assay gateway` is told to stop by its parent, in an order, and ends when the parent is gone: a signal may
 * reach the whole group at once, as Ctrl-C and some service managers' do.
 */
function listenForStop(stop: AbortController, { isPart }: { isPart: boolean }): void {
  const isForked = process.send !== undefined;
  process.on("SIGINT", (signal) => isForked || stop.abort(signal));
  process.on("SIGTERM", (signal) => (isForked && isPart) || stop.abort(signal));
  process.on("disconnect", () => stop.abort("disconnect"));
  if (!isForked || !isPart) return;
  process.on("message", (message) => {
    if (parentMessageSchema.safeParse(message).data?.type === "stop") stop.abort("stop");
  });
}

/** The one way into every command, from a terminal or from another process. Never throws. */
async function runCommand(argv: readonly string[], io: CommandIo, stores?: Stores): Promise<ExitCode> {
  try {
    const found = findCommand(argv);
    if (!found) return showCommands(argv, io);
    const command = await found.entry.load();
    const args = parseArguments(command, found.rest);
    if (args.values["help"] === true) {
      io.stdout.write(helpOf(command));
      return EXIT.done;
    }
    return await run(command, { argv, args, io, stores });
  } catch (error) {
    return tell(await toKnownError(error), io);
  }
}

interface Invocation {
  argv: readonly string[];
  args: CommandArguments;
  io: CommandIo;
  /** Of this process, where it owns some already. */
  stores: Stores | undefined;
}

async function run(command: Command, { argv, args, io, stores }: Invocation): Promise<ExitCode> {
  const config = readConfig();
  if (command.kind === "process") {
    if (stores)
      throw new AppError("bad_request", `${command.name} is a process of its own; it can't be handed over.`);
    return command.run(args, io, config);
  }
  if (stores) return command.run(args, io, stores, await withSettings(stores, config));
  if (command.kind === "store" && command.process?.isAskedFor(args) === true) {
    return command.process.run(args, io, config);
  }
  if (command.kind === "diagnostic") return diagnose(command, { argv, args, io, config });
  if (isEmbedded(config) && isOwned(config.dataDir)) return runInService(config.dataDir, argv, io);
  const { openStores } = await import("./schemas/stores.ts");
  const opened = await openStores(createLog("assay", io.stderr), config);
  try {
    return await command.run(args, io, opened.stores, await withSettings(opened.stores, config));
  } finally {
    await opened.close();
  }
}

/** What was set on the Settings page holds for a command, too. Loaded when needed: most processes never talk to Postgres. */
async function withSettings({ postgres }: Stores, config: Config): Promise<Config> {
  const { applySettings, readRules } = await import("./schemas/postgres/setting-versions.ts");
  return readRules(postgres, await applySettings(postgres, config));
}

async function diagnose(
  command: DiagnosticCommand,
  { argv, args, io, config }: Omit<Invocation, "stores"> & { config: Config },
): Promise<ExitCode> {
  try {
    if (isOwned(config.dataDir)) return await runInService(config.dataDir, argv, io);
  } catch (error) {
    // A service that does not answer is what there is to find.
    if (!(error instanceof AppError)) throw error;
  }
  return command.run(args, io, undefined, config);
}

function isEmbedded(config: Config): boolean {
  return config.clickhouseUrl === undefined || config.databaseUrl === undefined;
}

function findCommand(argv: readonly string[]): { entry: CommandEntry; rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const entry = COMMANDS.get(argv.slice(0, words).join(" "));
    if (entry) return { entry, rest: argv.slice(words) };
  }
  return undefined;
}

function parseArguments(command: Command, argv: readonly string[]): CommandArguments {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { help: _help, ...option }]) => [name, option]),
  );
  try {
    const all = { ...options, json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    return parseArgs({ args: [...argv], options: all, allowPositionals: true, allowNegative: false });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${helpOf(command)}`);
  }
}

class UsageError extends Error {
  override readonly name = "UsageError";
}

function helpOf({ name, summary, usage, options }: Command): string {
  const all = {
    ...options,
    json: { help: "print one JSON document on standard output, and nothing else" },
    help: { help: "print this" },
  };
  const lines = Object.entries(all).map(([option, { help }]) => `  --${option.padEnd(12)} ${help}`);
  return `assay ${name} ${usage}\n\n${summary}.\n\n${lines.join("\n")}\n`;
}

function showCommands(argv: readonly string[], io: CommandIo): ExitCode {
  const isAsked = argv.length === 0 || argv[0] === "--help" || argv[0] === "help" || argv[0] === "-h";
  const out = isAsked ? io.stdout : io.stderr;
  if (!isAsked) out.write(`There is no command "${argv.join(" ")}".\n\n`);
  out.write("assay COMMAND [OPTIONS]\n\n");
  for (const [name, { summary, isInternal }] of COMMANDS) {
    if (isInternal !== true) out.write(`  ${name.padEnd(19)} ${summary}\n`);
  }
  out.write("\nassay COMMAND --help tells more.\n");
  return isAsked ? EXIT.done : EXIT.usage;
}

/** What Postgres throws says the statement and its parameters. Loaded when needed: most processes never talk to Postgres. */
async function toKnownError(error: unknown): Promise<unknown> {
  if (error instanceof AppError || error instanceof UsageError) return error;
  return (await import("./schemas/postgres/errors.ts")).toAppError(error);
}

function tell(error: unknown, io: CommandIo): ExitCode {
  if (error instanceof UsageError) {
    io.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  // What the program foresaw is told in its sentence; anything else is a defect, and is told with its place.
  const text =
    error instanceof AppError ? error.message : error instanceof Error ? error.stack : String(error);
  io.stderr.write(`${text}\n`);
  if (error instanceof AppError) {
    // Who has the data directory may be about to end: a child of the Assay before.
    const retry = error.retry || error.code === "data_directory_locked";
    tellParent({ type: "failed", retry });
  }
  return EXIT.failed;
}

function leave(): void {
  process.exit(EXIT.failed);
}

await main();

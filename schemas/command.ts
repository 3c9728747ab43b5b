// One command of the `assay` program. A command is a value: a name, its help, its options and a function. Files beside the
// code that a command drives define it; `main.ts` lists them. What a command prints for programs goes to `stdout`, what it
// says to people goes to `stderr`.

import type { Readable, Writable } from "node:stream";
import type { ParseArgsOptionsConfig } from "node:util";
import type { ClickHouseStore } from "./clickhouse/store.ts";
import type { Config } from "./config.ts";
import type { PostgresStore } from "./postgres/open.ts";

/** Streams and clock of one invocation. A command that another process runs for the caller gets the caller's. */
export interface CommandIo {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** Folder that relative file names are meant from. */
  cwd: string;
  now: () => Date;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}

export interface Stores {
  clickhouse: ClickHouseStore;
  postgres: PostgresStore;
}

export interface CommandArguments {
  positionals: readonly string[];
  values: Readonly<Record<string, string | boolean | undefined>>;
}

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

interface CommandHelp {
  /** `keys create`: one or two words. */
  name: string;
  /** One line, for the list of commands. */
  summary: string;
  /** What follows the name: `--person EMAIL [--name N]`. */
  usage: string;
  /** One line an option, for `--help`; `--json` and `--help` are every command's. */
  options: Readonly<Record<string, ParseArgsOptionsConfig[string] & { help: string }>>;
}

/** A command that works on the stores. It runs in the process that owns them, whoever calls. */
export interface StoreCommand extends CommandHelp {
  kind: "store";
  /** Where an option makes a process of its own of it, one that stays: how it runs then. */
  process?: { isAskedFor(args: CommandArguments): boolean; run: ProcessCommand["run"] };
  run(args: CommandArguments, io: CommandIo, stores: Stores, config: Config): Promise<ExitCode>;
}

/** A command that is a process of its own: a server, or a look at the machine. */
export interface ProcessCommand extends CommandHelp {
  kind: "process";
  run(args: CommandArguments, io: CommandIo, config: Config): Promise<ExitCode>;
}

/** A command that looks at a deployment as it is. It runs in the service where there is one that answers, else without stores. */
export interface DiagnosticCommand extends CommandHelp {
  kind: "diagnostic";
  run(args: CommandArguments, io: CommandIo, stores: Stores | undefined, config: Config): Promise<ExitCode>;
}

export type Command = StoreCommand | ProcessCommand | DiagnosticCommand;

/** Typed identity, so that a definition is checked where it stands. */
export function defineCommand<Kind extends Command>(command: Kind): Kind {
  return command;
}

/** Says in one sentence what is wrong with how a command was called. */
export function refuseUsage({ stderr }: Pick<CommandIo, "stderr">, sentence: string): typeof EXIT.usage {
  stderr.write(`${sentence}\n`);
  return EXIT.usage;
}

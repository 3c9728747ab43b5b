// `assay dead-letters` as a test runs it, in this process and on a store of its own.

import { PassThrough, Writable } from "node:stream";
import { deadLettersListCommand, deadLettersRetryCommand } from "../../ingest/commands/dead-letters.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { CommandIo, ExitCode, Stores } from "../../schemas/command.ts";
import { readConfig } from "../../schemas/config.ts";

export interface DeadLettersAnswer {
  exitCode: ExitCode;
  /** With `json: true` among the values. */
  json: unknown;
  stdout: string;
}

export async function runDeadLetters(
  command: "list" | "retry",
  values: Readonly<Record<string, string | boolean>>,
  { store, settings }: { store: ClickHouseStore; settings: Readonly<Record<string, string>> },
): Promise<DeadLettersAnswer> {
  let stdout = "";
  const io: CommandIo = {
    stdin: new PassThrough(),
    stdout: new Writable({
      write(chunk, _encoding, done) {
        stdout += String(chunk);
        done();
      },
    }),
    stderr: new PassThrough().resume(),
    cwd: "/",
    now: () => new Date(),
    signal: new AbortController().signal,
  };
  const args = { positionals: [], values };
  const config = readConfig(settings);
  // The command asks nothing of Postgres.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const stores = { clickhouse: store } as Stores;
  const exitCode =
    command === "list"
      ? await deadLettersListCommand.run(args, io, config)
      : await deadLettersRetryCommand.run(args, io, stores, config);
  return { exitCode, stdout, json: values["json"] === true ? JSON.parse(stdout) : undefined };
}

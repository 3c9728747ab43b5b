// The product's own door: its commands, carried out one after the other by a process that holds the stores open, as the service of
// `assay start` does it for other terminals. Nothing here writes to a store or reads from one.

import { Readable, Writable } from "node:stream";
import { parseArgs } from "node:util";
import { type Command, EXIT, type StoreCommand } from "../../schemas/command.ts";
import { readConfig } from "../../schemas/config.ts";
import { createLog } from "../../schemas/log.ts";
import { openStores } from "../../schemas/stores.ts";

export interface Door {
  /** Runs a command. @returns what it printed on standard output @throws with what it said where it failed */
  run(argv: readonly string[], stdin?: Iterable<string>): Promise<string>;
  close(): Promise<void>;
}

/** Of what a command is given at once: one chunk for many lines. */
const CHUNK_CHARS = 256 * 1024;

/** What carries the commands out; given, because one of the commands is the demo, which opens a door. */
export type Commands = ReadonlyMap<string, { load(): Promise<Command> }>;

/** On embedded stores in `dataDir`, which is made. */
export async function openDoor(dataDir: string, commands: Commands): Promise<Door> {
  const config = readConfig({ ASSAY_DATA: dataDir, ASSAY_INDIVIDUAL_SCORING: "on", ASSAY_TIMEZONE: "UTC" });
  const log = createLog("evaluate", collect().stream);
  const { stores, close } = await openStores(log, config);

  async function load(argv: readonly string[]): Promise<{ command: StoreCommand; rest: readonly string[] }> {
    for (const words of [2, 1]) {
      const entry = commands.get(argv.slice(0, words).join(" "));
      if (!entry) continue;
      const command = await entry.load();
      if (command.kind === "store") return { command, rest: argv.slice(words) };
    }
    throw new Error(`assay has no command "${argv.join(" ")}" that works on the stores`);
  }

  return {
    async run(argv, stdin = []) {
      const { command, rest } = await load(argv);
      const options = Object.fromEntries(
        Object.entries(command.options).map(([name, { help: _help, ...option }]) => [name, option]),
      );
      const all = { ...options, json: { type: "boolean" } } as const;
      const args = parseArgs({ args: [...rest], options: all, allowPositionals: true });
      const stdout = collect();
      const stderr = collect();
      const exit = await command.run(
        args,
        {
          stdin: Readable.from(toChunks(stdin)),
          stdout: stdout.stream,
          stderr: stderr.stream,
          cwd: dataDir,
          now: () => new Date(),
          signal: new AbortController().signal,
        },
        stores,
        config,
      );
      if (exit !== EXIT.done) throw new Error(`assay ${argv.join(" ")}: ${stderr.text().slice(-2000)}`);
      return stdout.text();
    },
    close,
  };
}

function collect(): { stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}

function* toChunks(lines: Iterable<string>): Generator<Buffer> {
  let chunk: string[] = [];
  let chars = 0;
  for (const line of lines) {
    chunk.push(line);
    chars += line.length;
    if (chars < CHUNK_CHARS) continue;
    yield Buffer.from(chunk.join(""));
    chunk = [];
    chars = 0;
  }
  if (chunk.length > 0) yield Buffer.from(chunk.join(""));
}

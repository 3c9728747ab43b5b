// Stores of a test's own, and import commands that are run on them as from a terminal.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { migrateClickHouse } from "../../schemas/clickhouse/migrate.ts";
import { openClickHouse } from "../../schemas/clickhouse/open.ts";
import type { ExitCode, StoreCommand, Stores } from "../../schemas/command.ts";
import { readConfig } from "../../schemas/config.ts";
import { migratePostgres } from "../../schemas/postgres/migrate.ts";
import { openPostgres } from "../../schemas/postgres/open.ts";
import { ask } from "./clickhouse-openers.ts";
import { startTestPostgres } from "./postgres.ts";

export interface Imports {
  folder: string;
  stores: Stores;
  query(sql: string): Promise<Record<string, unknown>[]>;
  empty(...tables: readonly string[]): Promise<void>;
  /** Below `folder`. A line that is no text is JSON; the ending of the name says how it is compressed. Returns the path. */
  write(name: string, lines: readonly unknown[]): string;
  run(
    command: StoreCommand,
    positionals: readonly string[],
    more?: { options?: Readonly<Record<string, string>>; stdin?: Readable; env?: Record<string, string> },
  ): Promise<{ exitCode: ExitCode; stdout: string; stderr: string }>;
  close(): Promise<void>;
}

export async function openImports(): Promise<Imports> {
  const folder = mkdtempSync(join(tmpdir(), "assay-import-"));
  const postgres = await startTestPostgres();
  const stores = {
    clickhouse: await openClickHouse({ dataDir: join(folder, "clickhouse") }),
    postgres: await openPostgres({ url: postgres.url }),
  };
  await migrateClickHouse(stores.clickhouse);
  await migratePostgres(stores.postgres);
  return {
    folder,
    stores,
    query: async (sql) => stores.clickhouse.query(ask(sql), {}),
    async empty(...tables) {
      for (const table of tables) {
        const sql = `TRUNCATE TABLE ${table}`;
        await stores.clickhouse.execute({ name: "empty", sql, params: ask("").params }, {});
      }
    },
    write(name, lines) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, compress(name, toLines(lines)));
      return file;
    },
    async run(command, positionals, { options = {}, stdin = Readable.from([]), env = {} } = {}) {
      const written = { stdout: "", stderr: "" };
      const io = {
        stdin,
        stdout: toText((text) => (written.stdout += text)),
        stderr: toText((text) => (written.stderr += text)),
        cwd: folder,
        now: () => new Date(),
        signal: new AbortController().signal,
      };
      const args = { positionals, values: { json: true, ...options } };
      const config = readConfig({ ASSAY_DATA: join(folder, "data"), ...env });
      const exitCode = await command.run(args, io, stores, config);
      return { exitCode, ...written };
    },
    async close() {
      await stores.clickhouse.close();
      await stores.postgres.close();
      await postgres.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export function toLines(lines: readonly unknown[]): string {
  return lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
}

function compress(name: string, text: string): string | Buffer {
  if (name.endsWith(".gz")) return gzipSync(text);
  return name.endsWith(".zst") ? zstdCompressSync(text) : text;
}

function toText(add: (text: string) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      add(String(chunk));
      done();
    },
  });
}

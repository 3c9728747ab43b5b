// What the sink's benchmark runs on: one Kafka broker, one ClickHouse server, and contestants as processes of their own. Each contestant
// has a database of its own, which goes when it ends, so that none merges what another one has left.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import { pino } from "pino";
import { readConfig, type KafkaConfig } from "../../schemas/config.ts";
import { startTestClickHouse, type TestClickHouse } from "../services/clickhouse-http.ts";
import { startTestKafka, type TestKafka } from "../services/kafka.ts";
import { cpuSeconds } from "./process-figures.ts";
import { CORE, Programs, whileAlive, type Program } from "./program.ts";
import type { ContestantResult } from "./sink-contestant.ts";
import { fillSpool, openTopicFiller, type TopicFiller } from "./sink-rows.ts";

const log = pino({ level: "warn" }, process.stderr);

export type ContestantKind = "bare" | "kafka" | "spool";

export interface ContestantOptions {
  kind: ContestantKind;
  /** How many it stores before it tells; 0: it goes on. */
  rows: number;
  /** The topics' last part, where it reads from Kafka. */
  topics?: string;
  isProfiled?: boolean;
}

export interface Contestant {
  program: Program;
  /** When it has stored all its rows. */
  result(): Promise<ContestantResult>;
  countRows(): Promise<number>;
  /** Ends it, where it still runs, and drops its database. */
  end(): Promise<void>;
}

export class SinkBench {
  readonly #folder = mkdtempSync(join(tmpdir(), "assay-bench-sink-"));
  readonly #programs = new Programs();
  readonly #kafka: TestKafka;
  readonly #clickhouse: TestClickHouse;
  #started = 0;

  constructor(kafka: TestKafka, clickhouse: TestClickHouse) {
    this.#kafka = kafka;
    this.#clickhouse = clickhouse;
  }

  /** Processor time of the ClickHouse server until now; not a number for one that is not ours. */
  clickhouseCpuSeconds(): number {
    const pid = this.#clickhouse.outage?.pid();
    return pid === undefined ? Number.NaN : cpuSeconds(pid);
  }

  openTopics(topics: string): Promise<TopicFiller> {
    return openTopicFiller(log, this.#kafkaConfig(topics));
  }

  async start({ kind, rows, topics = "none", isProfiled = false }: ContestantOptions): Promise<Contestant> {
    const name = `bench_${++this.#started}`;
    const dataDir = join(this.#folder, name);
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (kind === "spool") await fillSpool(log, dataDir, { from: 0, to: rows });
    const url = new URL(this.#clickhouse.url);
    url.pathname = `/${name}`;
    const program = this.#programs.start(join(import.meta.dirname, "sink-contestant.ts"), {
      core: CORE.proxy,
      args: [kind, String(rows), isProfiled ? "profile" : ""],
      env: {
        ASSAY_DATA: dataDir,
        CLICKHOUSE_URL: url.href,
        ...(kind === "spool" ? {} : this.#kafkaSettings(topics)),
      },
    });
    program.child.stderr?.pipe(process.stderr);
    const client = createClient({ url: this.#clickhouse.url });
    const told = Promise.withResolvers<ContestantResult>();
    program.child.once("message", (result: ContestantResult) => told.resolve(result));
    return {
      program,
      result: () => whileAlive(program.child, () => told.promise),
      async countRows() {
        const query = `SELECT count() AS rows FROM ${name}.token_events`;
        const answer = await client.query({ query, format: "JSONEachRow" });
        const [counted] = await answer.json<{ rows: string }>();
        return Number(counted?.rows ?? 0);
      },
      async end() {
        program.child.kill("SIGKILL");
        await client.command({ query: `DROP DATABASE IF EXISTS ${name} SYNC` });
        await client.close();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  }

  async close(): Promise<void> {
    await this.#programs.stop();
    await this.#kafka.stop();
    await this.#clickhouse.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #kafkaSettings(topics: string): Record<string, string> {
    return {
      KAFKA_BROKERS: this.#kafka.brokers.join(","),
      KAFKA_TOPIC: `bench.events.${topics}`,
      KAFKA_OUTCOMES_TOPIC: `bench.outcomes.${topics}`,
      KAFKA_FEATURES_TOPIC: `bench.features.${topics}`,
      KAFKA_DEAD_LETTERS_TOPIC: `bench.dead-letters.${topics}`,
    };
  }

  #kafkaConfig(topics: string): KafkaConfig {
    const { kafka } = readConfig(this.#kafkaSettings(topics));
    if (!kafka) throw new Error("KAFKA_BROKERS was not understood.");
    return kafka;
  }
}

export async function openSinkBench(): Promise<SinkBench> {
  return new SinkBench(await startTestKafka(), await startTestClickHouse());
}

// The settings that name servers: Kafka, a ClickHouse cluster, and the files that hold their passwords.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { AppError } from "../../schemas/app-error.ts";
import { readConfig } from "../../schemas/config.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function writeSecret(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** The names at the start of each fault's line. */
function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.message
      .split("\n  ")
      .slice(1)
      .map((line) => line.replace(/: .*/, ""));
  }
}

describe("Kafka", () => {
  test("is not used where no broker is named", () => {
    expect(readConfig({ KAFKA_TOPIC: "elsewhere" }).kafka).toBeUndefined();
  });

  test("is told by its brokers alone", () => {
    expect(readConfig({ KAFKA_BROKERS: "one:9092,two:9093" }).kafka).toEqual({
      brokers: ["one:9092", "two:9093"],
      topics: {
        events: "assay.token-events.v1",
        features: "assay.call-features.v1",
        outcomes: "assay.outcomes.v1",
        deadLetters: "assay.dead-letters.v1",
      },
      partitions: 6,
      replicationFactor: -1,
      tls: undefined,
      sasl: undefined,
    });
  });

  test("takes a user, and its authority's certificates from their file", () => {
    const { kafka } = readConfig({
      KAFKA_BROKERS: "one:9092",
      KAFKA_SSL: "1",
      KAFKA_SSL_CA_FILE: writeSecret("ca.pem", "certificates"),
      KAFKA_SASL_MECHANISM: "scram-sha-512",
      KAFKA_SASL_USERNAME: "assay",
      KAFKA_SASL_PASSWORD_FILE: writeSecret("kafka-password", "from the file\n"),
    });
    expect(kafka?.tls).toEqual({ ca: "certificates" });
    expect(kafka?.sasl).toEqual({
      mechanism: "scram-sha-512",
      username: "assay",
      password: "from the file",
    });
  });

  test.each([
    ["a broker without a port", { KAFKA_BROKERS: "one" }, "KAFKA_BROKERS"],
    [
      "a user without a password",
      { KAFKA_BROKERS: "one:1", KAFKA_SASL_USERNAME: "assay" },
      "KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD",
    ],
    [
      "a file of certificates that is not there",
      { KAFKA_BROKERS: "one:1", KAFKA_SSL: "1", KAFKA_SSL_CA_FILE: "/none" },
      "KAFKA_SSL_CA_FILE",
    ],
  ])("refuses %s", (_what, env, setting) => {
    expect(faultsOf(env)).toEqual([setting]);
  });
});

describe("ClickHouse and Postgres", () => {
  test("a cluster needs a server of it", () => {
    expect(faultsOf({ CLICKHOUSE_CLUSTER: "main" })).toEqual(["CLICKHOUSE_CLUSTER"]);
    const config = readConfig({ CLICKHOUSE_CLUSTER: "main", CLICKHOUSE_URL: "http://one:8123" });
    expect(config.clickhouseCluster).toBe("main");
  });

  test("their addresses, which hold passwords, can come from files", () => {
    const config = readConfig({
      CLICKHOUSE_URL_FILE: writeSecret("clickhouse", "http://assay:pass@one:8123\n"),
      DATABASE_URL_FILE: writeSecret("postgres", "postgres://assay:pass@one/assay\n"),
    });
    expect(config.clickhouseUrl).toBe("http://assay:pass@one:8123");
    expect(config.databaseUrl).toBe("postgres://assay:pass@one/assay");
  });
});

test("a provider's key can come from a file", () => {
  const file = writeSecret("openai", "sk-from-the-file\n");
  const { upstreams } = readConfig({ ASSAY_UPSTREAM_OPENAI_KEY_FILE: file });
  expect(upstreams.get("openai")?.key).toBe("sk-from-the-file");
});

// Settings are read once, from environment and file, and everything that is wrong with them is said at once.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../../schemas/app-error.ts";
import { readConfig } from "../../schemas/config.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function writeSettings(content: string): string {
  const file = join(folder, `${content.length}.json`);
  writeFileSync(file, content);
  return file;
}

/** The lines of the error, without its first. */
function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "bad_configuration") throw error;
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

const namesOf = (faults: readonly string[]): string[] =>
  faults.map((fault) => fault.split(":", 1)[0] ?? "").toSorted();

test("without any setting, everything has its default", () => {
  expect(readConfig({})).toMatchObject({
    host: "127.0.0.1",
    gatewayPort: 4100,
    dashboardPort: 4101,
    gatewayWorkers: 1,
    auth: "optional",
    strict: false,
    snapshotAgeMsMax: 86_400_000,
    timezone: "UTC",
    sketchSecret: undefined,
    retentionDays: { events: 30, runs: 90, weeks: 180 },
    clickhouseUrl: undefined,
    databaseUrl: undefined,
  });
});

test("all faults are reported at once, each with its name", () => {
  const faults = faultsOf({
    ASSAY_GATEWAY_PORT: "70000",
    ASSAY_GATEWAY_WORKERS: "many",
    ASSAY_PUBLIC_URL: "nowhere",
    ASSAY_AUTH: "maybe",
    ASSAY_STRICT: "yes",
    ASSAY_SNAPSHOT_MAX_AGE: "1 day",
    ASSAY_TIMEZONE: "Mars/Olympus",
    ASSAY_SKETCH_SECRET: "short",
    ASSAY_RETENTION_EVENTS_DAYS: "0",
    ASSAY_UPSTREAM_OPENAI_URL: "ftp://elsewhere",
    ASSAY_SKETCH_SECRETT: "misspelt",
    CLICKHOUSE_URL: "clickhouse",
    DATABASE_URL: "mysql://elsewhere",
  });
  expect(namesOf(faults)).toEqual([
    "ASSAY_AUTH",
    "ASSAY_GATEWAY_PORT",
    "ASSAY_GATEWAY_WORKERS",
    "ASSAY_PUBLIC_URL",
    "ASSAY_RETENTION_EVENTS_DAYS",
    "ASSAY_SKETCH_SECRET",
    "ASSAY_SKETCH_SECRETT",
    "ASSAY_SNAPSHOT_MAX_AGE",
    "ASSAY_STRICT",
    "ASSAY_TIMEZONE",
    "ASSAY_UPSTREAM_OPENAI_URL",
    "CLICKHOUSE_URL",
    "DATABASE_URL",
  ]);
  expect(faults.find((fault) => fault.startsWith("ASSAY_STRICT"))).toContain('"yes" is not right');
});

test("a fault never shows a secret", () => {
  const faults = faultsOf({
    ASSAY_SKETCH_SECRET: "tell-nobody",
    DATABASE_URL: "http://user:tell-nobody@db/assay",
    CLICKHOUSE_URL: "tcp://user:tell-nobody@db",
    ASSAY_UPSTREAM_OTHER_KEY: "tell-nobody",
  });
  expect(namesOf(faults)).toEqual([
    "ASSAY_SKETCH_SECRET",
    "ASSAY_UPSTREAM_OTHER_KIND",
    "ASSAY_UPSTREAM_OTHER_URL",
    "CLICKHOUSE_URL",
    "DATABASE_URL",
  ]);
  expect(faults.join("\n")).not.toContain("tell-nobody");
});

describe("names", () => {
  test("one that begins with ASSAY_ and is no setting is refused, also when an object has it by nature", () => {
    expect(namesOf(faultsOf({ ASSAY_HOTS: "127.0.0.1" }))).toEqual(["ASSAY_HOTS"]);
    const file = writeSettings('{"constructor": 1, "__proto__": {}, "toString": 2, "ASSAY_HOST": "::1"}');
    expect(namesOf(faultsOf({ ASSAY_CONFIG: file }))).toEqual(["__proto__", "constructor", "toString"]);
  });

  test("of other programs' variables are none of ours", () => {
    expect(faultsOf({ PATH: "/bin", NODE_ENV: "test", ASSAY_PG_BIN: "/usr/bin" })).toEqual([]);
  });

  test("of the file are all ours", () => {
    expect(namesOf(faultsOf({ ASSAY_CONFIG: writeSettings('{"PATH": "/bin"}') }))).toEqual(["PATH"]);
  });
});

describe("the file", () => {
  test("gives what the environment does not say", () => {
    const file = writeSettings('{"ASSAY_HOST": "0.0.0.0", "ASSAY_GATEWAY_PORT": 1234, "ASSAY_STRICT": "1"}');
    const config = readConfig({ ASSAY_CONFIG: file, ASSAY_GATEWAY_PORT: "0" });
    expect(config).toMatchObject({ host: "0.0.0.0", gatewayPort: 0, strict: true });
  });

  test("counts where a variable is empty, which is as good as unset", () => {
    const file = writeSettings('{"ASSAY_HOST": "0.0.0.0"}');
    expect(readConfig({ ASSAY_CONFIG: file, ASSAY_HOST: "" }).host).toBe("0.0.0.0");
  });

  test("that is named must be there, and be a JSON object", () => {
    expect(faultsOf({ ASSAY_CONFIG: join(folder, "absent.json") })[0]).toMatch(
      /^ASSAY_CONFIG: there is no file/,
    );
    expect(faultsOf({ ASSAY_CONFIG: writeSettings("[1]") })[0]).toContain("must be a JSON object");
    const faults = faultsOf({ ASSAY_CONFIG: writeSettings("{"), ASSAY_AUTH: "maybe" });
    expect(faults).toHaveLength(2);
  });
});

describe("the sketch secret", () => {
  const secret = "0123456789abcdef0123456789abcdef";

  test("may stand in a file of its own, wherever that is named", () => {
    const secretFile = join(folder, "secret");
    writeFileSync(secretFile, `${secret}\n`);
    const file = writeSettings(JSON.stringify({ ASSAY_SKETCH_SECRET_FILE: secretFile }));
    expect(readConfig({ ASSAY_SKETCH_SECRET_FILE: secretFile }).sketchSecret).toBe(secret);
    expect(readConfig({ ASSAY_CONFIG: file }).sketchSecret).toBe(secret);
  });

  test("in a file that can't be read is a fault among the others", () => {
    const faults = faultsOf({ ASSAY_SKETCH_SECRET_FILE: join(folder, "absent"), ASSAY_AUTH: "maybe" });
    expect(namesOf(faults)).toEqual(["ASSAY_AUTH", "ASSAY_SKETCH_SECRET_FILE"]);
  });

  test("is not said twice", () => {
    const secretFile = join(folder, "other-secret");
    writeFileSync(secretFile, secret);
    const faults = faultsOf({ ASSAY_SKETCH_SECRET_FILE: secretFile, ASSAY_SKETCH_SECRET: secret });
    expect(namesOf(faults)).toEqual(["ASSAY_SKETCH_SECRET_FILE"]);
  });
});

test.each([
  ["90s", 90_000],
  ["30m", 1_800_000],
  ["24h", 86_400_000],
  ["2d", 172_800_000],
])("an age of %s is %i ms", (age, milliseconds) => {
  expect(readConfig({ ASSAY_SNAPSHOT_MAX_AGE: age }).snapshotAgeMsMax).toBe(milliseconds);
});

describe("upstreams", () => {
  test("the known providers need no setting", () => {
    const { upstreams } = readConfig({});
    expect([...upstreams.keys()]).toEqual(["openai", "anthropic", "gemini"]);
    expect(upstreams.get("anthropic")).toEqual({
      name: "anthropic",
      kind: "anthropic",
      url: "https://api.anthropic.com",
      key: undefined,
    });
  });

  test("address and key of a known one can be set, and a slash at the end makes no difference", () => {
    const { upstreams } = readConfig({
      ASSAY_UPSTREAM_OPENAI_URL: "http://127.0.0.1:8080/relay/",
      ASSAY_UPSTREAM_OPENAI_KEY: "sk-organisation",
    });
    expect(upstreams.get("openai")).toMatchObject({
      kind: "openai",
      url: "http://127.0.0.1:8080/relay",
      key: "sk-organisation",
    });
  });

  test("another one needs an address and a kind, and its name becomes a route", () => {
    const { upstreams } = readConfig({
      ASSAY_UPSTREAM_MY_VLLM_URL: "http://127.0.0.1:8000",
      ASSAY_UPSTREAM_MY_VLLM_KIND: "openai",
    });
    expect(upstreams.get("my-vllm")).toMatchObject({ name: "my-vllm", kind: "openai", key: undefined });
    expect(namesOf(faultsOf({ ASSAY_UPSTREAM_ACME_KEY: "gsk" }))).toEqual([
      "ASSAY_UPSTREAM_ACME_KIND",
      "ASSAY_UPSTREAM_ACME_URL",
    ]);
    expect(namesOf(faultsOf({ ASSAY_UPSTREAM_OPENAI_KIND: "ollama" }))).toEqual([
      "ASSAY_UPSTREAM_OPENAI_KIND",
    ]);
  });

  test.each(["nonsense", "file:///etc/passwd", "https://user:pass@host", "https://host/?q=1", "//host"])(
    "%s is no address of one",
    (url) => {
      expect(namesOf(faultsOf({ ASSAY_UPSTREAM_OPENAI_URL: url }))).toEqual(["ASSAY_UPSTREAM_OPENAI_URL"]);
    },
  );

  test.each(["K", "T", "V1", "V1BETA", "HEALTHZ", "READYZ"])(
    "can't be named %s, which the gateway's own paths begin with",
    (name) => {
      const faults = faultsOf({
        [`ASSAY_UPSTREAM_${name}_URL`]: "http://127.0.0.1:8000",
        [`ASSAY_UPSTREAM_${name}_KIND`]: "openai",
      });
      expect(namesOf(faults)).toEqual([`ASSAY_UPSTREAM_${name}_URL`]);
    },
  );
});

// Every setting, read once. The environment comes first, then `assay.config.json` (or the file that ASSAY_CONFIG names),
// which uses the same names. All faults are reported together, each with its name and what would be right. This is the
// only file that reads the environment.

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { z } from "zod";
import { AppError, errorMessage } from "./app-error.ts";
import { toMilliseconds } from "./duration.ts";
import { toMethod, type Method, type MethodOverrides } from "./method.ts";
import { toOidcConfig, type OidcConfig } from "./oidc-settings.ts";
import type { PriceOverride } from "./price-overrides.ts";
import { listGivenRetention, type Retention, type RetentionDays } from "./retention.ts";
import { MAY_BE_IN_FILES, MAY_HOLD_SECRETS, settingsSchema } from "./settings.ts";
import type { ToolKinds } from "./tool-kinds.ts";
import type { TrustedHeader } from "./trusted-headers.ts";
import { parseUpstreams, type Upstream } from "./upstreams.ts";

export interface Config {
  dataDir: string;
  host: string;
  gatewayPort: number;
  dashboardPort: number;
  metricsPort: number;
  publicUrl: string | undefined;
  /** The organisation's sign-in service; undefined: people sign in with one-time links. */
  oidc: OidcConfig | undefined;
  gatewayWorkers: number;
  /** By route name: `openai`, `anthropic`, … */
  upstreams: ReadonlyMap<string, Upstream>;
  auth: "optional" | "required";
  strict: boolean;
  spoolBytesMax: number;
  snapshotAgeMsMax: number;
  timezone: string;
  /** Days such as 2026-12-25. */
  holidays: readonly string[];
  individualScoring: "policy" | "on" | "off";
  /** People of the smallest group whose totals are shown. */
  minGroup: number;
  method: Method;
  /** By the last part of its address under /webhooks; undefined: that intake is closed. */
  webhookSecrets: Readonly<Record<"github" | "gitlab" | "generic", string | undefined>>;
  /** How people are told of notices beside the page; undefined: not in that way. */
  mail: { smtpUrl: string; from: string } | undefined;
  noticeWebhook: { url: string; secret: string | undefined } | undefined;
  /** Undefined: made in the data directory on first start. */
  sketchSecret: string | undefined;
  linkSecret: string | undefined;
  trustedHeaders: readonly TrustedHeader[];
  toolKinds: ToolKinds;
  retentionDays: RetentionDays;
  /** What the operator gave of what the Settings page sets otherwise (postgres/setting-versions.ts): it goes first. */
  given: { method: MethodOverrides; retention: readonly Retention[] };
  /** The last one that fits a call is its price. */
  prices: readonly PriceOverride[];
  clickhouseUrl: string | undefined;
  clickhouseCluster: string | undefined;
  databaseUrl: string | undefined;
  /** Where these clients keep their files on this machine. */
  claudeConfigDir: string;
  codexHome: string;
  /** Undefined: the sink reads the spool itself. */
  kafka: KafkaConfig | undefined;
}

export interface KafkaConfig {
  /** host:port */
  brokers: readonly string[];
  topics: { events: string; outcomes: string; features: string; deadLetters: string };
  /** Of topics that Assay makes. -1: the brokers' own default number of replicas. */
  partitions: number;
  replicationFactor: number;
  /** Undefined: no TLS. `ca` is PEM. */
  tls: { ca: string | undefined } | undefined;
  sasl:
    | { mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; username: string; password: string }
    | undefined;
}

type Settings = z.infer<typeof settingsSchema>;

/**
 * Reads the configuration.
 * @throws AppError `bad_configuration`, one line a fault, when anything is wrong or unknown.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const faults: string[] = [];
  const named = { ...readFile(env, faults), ...environmentSettings(env) };
  const { upstreams, rest } = parseUpstreams(readNamedFiles(named, faults), faults);
  for (const name of JSON_SETTINGS) rest[name] = parseJsonText(rest[name]);
  for (const name of Object.keys(rest)) {
    if (!isSetting(name)) faults.push(`${name}: no such setting. Check its spelling in INTERFACES.`);
  }
  const parsed = settingsSchema.safeParse(rest);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = issue.path.join(".");
      const value = MAY_HOLD_SECRETS.has(name) ? "the value" : JSON.stringify(valueAt(rest, issue.path));
      faults.push(`${name}: ${value} is not right. Expected: ${issue.message}.`);
    }
  }
  const kafka = parsed.data && toKafkaConfig(parsed.data, faults);
  const oidc = parsed.data && toOidcConfig(parsed.data, faults);
  if (parsed.data?.CLICKHOUSE_CLUSTER !== undefined && parsed.data.CLICKHOUSE_URL === undefined)
    faults.push("CLICKHOUSE_CLUSTER: needs CLICKHOUSE_URL, a server of that cluster.");
  if (parsed.data?.ASSAY_SMTP_URL !== undefined && parsed.data.ASSAY_MAIL_FROM === undefined)
    faults.push("ASSAY_SMTP_URL: needs ASSAY_MAIL_FROM, the address that e-mails are from.");
  if (faults.length > 0 || !parsed.success) {
    throw new AppError("bad_configuration", `The configuration has faults:\n  ${faults.join("\n  ")}`);
  }
  const given = { method: parsed.data.ASSAY_METHOD, retention: listGivenRetention(rest) };
  return { ...toConfig(parsed.data, upstreams), kafka, oidc, given };
}

function toConfig(
  settings: Settings,
  upstreams: ReadonlyMap<string, Upstream>,
): Omit<Config, "kafka" | "oidc" | "given"> {
  return {
    dataDir: resolve(settings.ASSAY_DATA),
    host: settings.ASSAY_HOST,
    gatewayPort: settings.ASSAY_GATEWAY_PORT,
    dashboardPort: settings.ASSAY_DASHBOARD_PORT,
    metricsPort: settings.ASSAY_METRICS_PORT,
    publicUrl: settings.ASSAY_PUBLIC_URL,
    gatewayWorkers: settings.ASSAY_GATEWAY_WORKERS,
    upstreams,
    auth: settings.ASSAY_AUTH,
    strict: settings.ASSAY_STRICT === "1",
    spoolBytesMax: settings.ASSAY_SPOOL_MAX_MB * 1024 * 1024,
    snapshotAgeMsMax: toMilliseconds(settings.ASSAY_SNAPSHOT_MAX_AGE),
    timezone: settings.ASSAY_TIMEZONE,
    holidays: settings.ASSAY_HOLIDAYS?.split(",") ?? [],
    individualScoring: settings.ASSAY_INDIVIDUAL_SCORING,
    minGroup: settings.ASSAY_MIN_GROUP,
    method: toMethod(settings.ASSAY_METHOD),
    webhookSecrets: {
      github: settings.ASSAY_GITHUB_WEBHOOK_SECRET,
      gitlab: settings.ASSAY_GITLAB_WEBHOOK_SECRET,
      generic: settings.ASSAY_WEBHOOK_SECRET,
    },
    mail: toMailConfig(settings),
    noticeWebhook:
      settings.ASSAY_NOTIFY_WEBHOOK_URL === undefined
        ? undefined
        : { url: settings.ASSAY_NOTIFY_WEBHOOK_URL, secret: settings.ASSAY_NOTIFY_WEBHOOK_SECRET },
    sketchSecret: settings.ASSAY_SKETCH_SECRET,
    linkSecret: settings.ASSAY_LINK_SECRET,
    trustedHeaders: settings.ASSAY_TRUSTED_IDENTITY_HEADERS ?? [],
    toolKinds: settings.ASSAY_TOOL_KINDS,
    retentionDays: {
      sketches: settings.ASSAY_RETENTION_SKETCHES_DAYS,
      events: settings.ASSAY_RETENTION_EVENTS_DAYS,
      runs: settings.ASSAY_RETENTION_RUNS_DAYS,
      weeks: settings.ASSAY_RETENTION_WEEKS_DAYS,
      dismissed: settings.ASSAY_RETENTION_DISMISSED_DAYS,
    },
    prices: settings.ASSAY_PRICES,
    clickhouseUrl: settings.CLICKHOUSE_URL,
    clickhouseCluster: settings.CLICKHOUSE_CLUSTER,
    databaseUrl: settings.DATABASE_URL,
    claudeConfigDir: resolve(settings.CLAUDE_CONFIG_DIR ?? join(homedir(), ".claude")),
    codexHome: resolve(settings.CODEX_HOME ?? join(homedir(), ".codex")),
  };
}

function toMailConfig({ ASSAY_SMTP_URL: smtpUrl, ASSAY_MAIL_FROM: from }: Settings): Config["mail"] {
  return smtpUrl === undefined || from === undefined ? undefined : { smtpUrl, from };
}

/** Who names a user must say how it signs in, and with which password. */
function toKafkaConfig(settings: Settings, faults: string[]): KafkaConfig | undefined {
  const { KAFKA_BROKERS: brokers, KAFKA_SASL_MECHANISM: mechanism } = settings;
  if (brokers === undefined) return undefined;
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = settings;
  const isSigningIn = mechanism !== undefined && username !== undefined && password !== undefined;
  if (!isSigningIn && (mechanism ?? username ?? password) !== undefined)
    faults.push(
      "KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD: set all three of them, or none.",
    );
  return {
    brokers: brokers.split(","),
    topics: {
      events: settings.KAFKA_TOPIC,
      outcomes: settings.KAFKA_OUTCOMES_TOPIC,
      features: settings.KAFKA_FEATURES_TOPIC,
      deadLetters: settings.KAFKA_DEAD_LETTERS_TOPIC,
    },
    partitions: settings.KAFKA_PARTITIONS,
    replicationFactor: settings.KAFKA_REPLICATION_FACTOR,
    tls: settings.KAFKA_SSL === "1" ? { ca: readCertificates(settings, faults) } : undefined,
    sasl: isSigningIn ? { mechanism, username, password } : undefined,
  };
}

function readCertificates({ KAFKA_SSL_CA_FILE: file }: Settings, faults: string[]): string | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file, "utf8");
  } catch (error) {
    faults.push(`KAFKA_SSL_CA_FILE: ${errorMessage(error)}`);
    return undefined;
  }
}

/** Settings from the environment: every ASSAY_ name, so that a misspelt one is found, and the stores' usual names. */
function environmentSettings(env: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const named = Object.entries(env).filter(
    ([name, value]) =>
      value !== undefined &&
      value !== "" &&
      !NOT_SETTINGS.has(name) &&
      (name.startsWith("ASSAY_") || isSetting(name)),
  );
  return Object.fromEntries(named);
}

/** By its own name alone: an object has `constructor` and the like without anybody having declared them. */
function isSetting(name: string): boolean {
  return Object.hasOwn(settingsSchema.shape, name);
}

const UPSTREAM_KEY_FILE = /^(ASSAY_UPSTREAM_\w+_KEY)_FILE$/;

/** Puts the value in where only its file is named. */
function readNamedFiles(
  given: Readonly<Record<string, unknown>>,
  faults: string[],
): Readonly<Record<string, unknown>> {
  const read: Record<string, unknown> = { ...given };
  const keys = Object.keys(given).flatMap((name) => UPSTREAM_KEY_FILE.exec(name)?.[1] ?? []);
  for (const name of [...MAY_BE_IN_FILES, ...keys]) {
    const file = given[`${name}_FILE`];
    if (typeof file !== "string") continue;
    delete read[`${name}_FILE`];
    if (given[name] !== undefined) {
      faults.push(`${name}_FILE: ${name} is set too. Remove one of them.`);
      continue;
    }
    try {
      read[name] = readFileSync(file, "utf8").trim();
    } catch (error) {
      faults.push(`${name}_FILE: ${errorMessage(error)}`);
    }
  }
  return read;
}

/** Settings whose values are JSON. */
const JSON_SETTINGS = ["ASSAY_PRICES", "ASSAY_TOOL_KINDS", "ASSAY_METHOD"] as const;

/** From the environment or a file of its own it is text; what is no JSON stays as it is, for the schema to refuse. */
function parseJsonText(given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

function valueAt(settings: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    settings,
  );
}

/** ASSAY_CONFIG says where the settings are, ASSAY_PG_BIN which Postgres programs the tests and `start` run. */
const NOT_SETTINGS: ReadonlySet<string> = new Set(["ASSAY_CONFIG", "ASSAY_PG_BIN"]);

function readFile(
  env: Readonly<Record<string, string | undefined>>,
  faults: string[],
): Record<string, unknown> {
  const named = env["ASSAY_CONFIG"];
  const file = resolve(named ?? "assay.config.json");
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof content === "object" && content !== null && !Array.isArray(content)) return { ...content };
    faults.push(`${file}: must be a JSON object of settings.`);
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isAbsent) faults.push(`${file}: ${errorMessage(error)}`);
    else if (named) faults.push(`ASSAY_CONFIG: there is no file ${isAbsolute(named) ? named : file}.`);
  }
  return {};
}

// Every setting, read once. The environment comes first, then `assay.config.json` (or the file that ASSAY_CONFIG names),
// which uses the same names. All faults are reported together, each with its name and what would be right. This is the
// only file that reads the environment.

import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { AppError, errorMessage } from "./app-error.ts";
import { priceOverridesSchema, type PriceOverride } from "./price-overrides.ts";
import { parseUpstreams, type Upstream } from "./upstreams.ts";

const port = z.coerce.number({ error: "a port, 0 to 65535" }).int().min(0).max(65_535);
const days = z.coerce.number({ error: "a number of days" }).int().min(1).max(3650);
const httpUrl = z.url({ protocol: /^https?$/, error: "an http:// or https:// address" });

/** The settings under their outside names, as strings of the environment or values of the file. */
export const settingsSchema = z.object({
  ASSAY_DATA: z
    .string()
    .min(1)
    .default("./assay-data")
    .describe("Spool, embedded stores and keys. Mode 0700."),
  ASSAY_HOST: z.string().min(1).default("127.0.0.1").describe("Address that every server listens on."),
  ASSAY_GATEWAY_PORT: port.default(4100).describe("0: any free port, printed and written to ports.json."),
  ASSAY_DASHBOARD_PORT: port.default(4101).describe("0: any free port, printed and written to ports.json."),
  ASSAY_PUBLIC_URL: httpUrl.optional().describe("The dashboard's address, for links and cookies."),
  ASSAY_GATEWAY_WORKERS: z.coerce
    .number({ error: "a number of processes, 1 to 64" })
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe("Gateway processes on this machine."),
  ASSAY_AUTH: z
    .enum(["optional", "required"], { error: '"optional" or "required"' })
    .default("optional")
    .describe("required: only Assay keys. optional: a caller with the provider's own credential passes too."),
  ASSAY_STRICT: z
    .enum(["0", "1"], { error: '"0" or "1"' })
    .default("0")
    .describe("1: refuse calls when they cannot be recorded."),
  ASSAY_SNAPSHOT_MAX_AGE: z
    .string()
    .regex(/^\d+[smhd]$/, "a time such as 30m, 24h or 2d")
    .default("24h")
    .describe("How long a gateway serves keys from its snapshot while Postgres is away."),
  ASSAY_TIMEZONE: z
    .string()
    .refine(isTimeZone, 'a time zone such as "UTC" or "Europe/Berlin"')
    .default("UTC")
    .describe("Days and weeks of the organisation."),
  ASSAY_SKETCH_SECRET: secret(),
  ASSAY_SKETCH_SECRET_FILE: z.string().optional().describe("File that holds ASSAY_SKETCH_SECRET."),
  ASSAY_RETENTION_EVENTS_DAYS: days.default(30).describe("How long a call is kept, counted from the call."),
  ASSAY_RETENTION_RUNS_DAYS: days.default(90).describe("How long a run is kept."),
  ASSAY_RETENTION_WEEKS_DAYS: days.default(180).describe("How long a person-week is kept."),
  ASSAY_PRICES: priceOverridesSchema
    .default([])
    .describe("Prices of your own, as JSON: for models without a list price, and for negotiated rates."),
  ASSAY_PRICES_FILE: z.string().optional().describe("File that holds ASSAY_PRICES."),
  CLICKHOUSE_URL: httpUrl.optional().describe("A ClickHouse server; without it, chDB in the data directory."),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "a postgres:// address")
    .optional()
    .describe("A Postgres server; without it, an embedded one in the data directory."),
});

export interface Config {
  dataDir: string;
  host: string;
  gatewayPort: number;
  dashboardPort: number;
  publicUrl: string | undefined;
  gatewayWorkers: number;
  /** By route name: `openai`, `anthropic`, … */
  upstreams: ReadonlyMap<string, Upstream>;
  auth: "optional" | "required";
  strict: boolean;
  snapshotAgeMsMax: number;
  timezone: string;
  /** Undefined: made in the data directory on first start. */
  sketchSecret: string | undefined;
  retentionDays: { events: number; runs: number; weeks: number };
  /** The last one that fits a call is its price. */
  prices: readonly PriceOverride[];
  clickhouseUrl: string | undefined;
  databaseUrl: string | undefined;
}

/**
 * Reads the configuration.
 * @throws AppError `bad_configuration`, one line a fault, when anything is wrong or unknown.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const faults: string[] = [];
  const given = { ...readFile(env, faults), ...environmentSettings(env) };
  const { upstreams, rest } = parseUpstreams(readNamedFiles(given, faults), faults);
  rest["ASSAY_PRICES"] = parsePricesText(rest["ASSAY_PRICES"]);
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
  if (faults.length > 0 || !parsed.success) {
    throw new AppError("bad_configuration", `The configuration has faults:\n  ${faults.join("\n  ")}`);
  }
  return toConfig(parsed.data, upstreams);
}

function toConfig(
  settings: z.infer<typeof settingsSchema>,
  upstreams: ReadonlyMap<string, Upstream>,
): Config {
  return {
    dataDir: resolve(settings.ASSAY_DATA),
    host: settings.ASSAY_HOST,
    gatewayPort: settings.ASSAY_GATEWAY_PORT,
    dashboardPort: settings.ASSAY_DASHBOARD_PORT,
    publicUrl: settings.ASSAY_PUBLIC_URL,
    gatewayWorkers: settings.ASSAY_GATEWAY_WORKERS,
    upstreams,
    auth: settings.ASSAY_AUTH,
    strict: settings.ASSAY_STRICT === "1",
    snapshotAgeMsMax: toMilliseconds(settings.ASSAY_SNAPSHOT_MAX_AGE),
    timezone: settings.ASSAY_TIMEZONE,
    sketchSecret: settings.ASSAY_SKETCH_SECRET,
    retentionDays: {
      events: settings.ASSAY_RETENTION_EVENTS_DAYS,
      runs: settings.ASSAY_RETENTION_RUNS_DAYS,
      weeks: settings.ASSAY_RETENTION_WEEKS_DAYS,
    },
    prices: settings.ASSAY_PRICES,
    clickhouseUrl: settings.CLICKHOUSE_URL,
    databaseUrl: settings.DATABASE_URL,
  };
}

function secret(): z.ZodOptional<z.ZodString> {
  return z
    .string()
    .min(32, "at least 32 characters of randomness")
    .optional()
    .describe("Key of the sketches; the same on all gateways. Made in the data directory when absent.");
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

/** Settings that a file may hold; its name is in the setting of the same name with `_FILE`. */
const MAY_BE_IN_FILES = ["ASSAY_SKETCH_SECRET", "ASSAY_PRICES"];

/** Puts the value in where only its file is named. */
function readNamedFiles(
  given: Readonly<Record<string, unknown>>,
  faults: string[],
): Readonly<Record<string, unknown>> {
  const read: Record<string, unknown> = { ...given };
  for (const name of MAY_BE_IN_FILES) {
    const file = given[`${name}_FILE`];
    if (typeof file !== "string") continue;
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

/** From the environment or a file of its own it is text; what is no JSON stays as it is, for the schema to refuse. */
function parsePricesText(given: unknown): unknown {
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

/** Settings whose values no message may show; an address can hold a password. */
const MAY_HOLD_SECRETS: ReadonlySet<string> = new Set([
  "ASSAY_SKETCH_SECRET",
  "CLICKHOUSE_URL",
  "DATABASE_URL",
]);

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

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name }).format();
    return true;
  } catch {
    return false;
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function toMilliseconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (UNIT_MS[duration.slice(-1)] ?? Number.NaN);
}

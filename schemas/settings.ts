// Every setting under its outside name: what it may be, what it is when nobody sets it, and one line that explains it. The
// environment and `assay.config.json` both hold these names; `config.ts` reads them.

import { z } from "zod";
import { durationSchema } from "./duration.ts";
import { methodOverridesSchema } from "./method.ts";
import { oidcIssuerSchema, oidcRolesSchema } from "./oidc-settings.ts";
import { priceOverridesSchema } from "./price-overrides.ts";
import { toolKindsSchema } from "./tool-kinds.ts";
import { trustedHeadersSchema } from "./trusted-headers.ts";

const port = z.coerce.number({ error: "a port, 0 to 65535" }).int().min(0).max(65_535);
const days = z.coerce.number({ error: "a number of days" }).int().min(1).max(3650);
const httpUrl = z.url({ protocol: /^https?$/, error: "an http:// or https:// address" });
const flag = z.enum(["0", "1"], { error: '"0" or "1"' });
const topic = z.string().regex(/^[\w.-]{1,249}$/, "a topic: letters, digits, dots, _ and -");
const brokers = z.string().regex(/^[^\s,]+:\d+(,[^\s,]+:\d+)*$/, "host:port, separated by commas");

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
  ASSAY_METRICS_PORT: port
    .default(4102)
    .describe(
      "/metrics, /healthz and /readyz of this process and its children; never public. 0: any free port.",
    ),
  ASSAY_PUBLIC_URL: httpUrl.optional().describe("The dashboard's address, for links and cookies."),
  ASSAY_OIDC_ISSUER: oidcIssuerSchema
    .optional()
    .describe(
      "The organisation's sign-in service (OpenID Connect), with ASSAY_OIDC_CLIENT_ID and ASSAY_OIDC_CLIENT_SECRET; without it, people sign in with one-time links.",
    ),
  ASSAY_OIDC_CLIENT_ID: z.string().min(1).optional().describe("Assay's name at the sign-in service."),
  ASSAY_OIDC_CLIENT_SECRET: z.string().min(1).optional().describe("Assay's secret at the sign-in service."),
  ASSAY_OIDC_CLIENT_SECRET_FILE: fileOf("ASSAY_OIDC_CLIENT_SECRET"),
  ASSAY_OIDC_GROUPS_CLAIM: z
    .string()
    .min(1)
    .default("groups")
    .describe("The claim of the sign-in service that lists a person's groups."),
  ASSAY_OIDC_ROLES: oidcRolesSchema
    .optional()
    .describe(
      "Roles by group, as group=role, separated by commas: assay-owners=owner,privacy=officer. The first group that a person is in counts, at each sign-in.",
    ),
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
  ASSAY_STRICT: flag.default("0").describe("1: refuse calls when they cannot be recorded."),
  ASSAY_SPOOL_MAX_MB: z.coerce
    .number({ error: "a number of megabytes, at least 64" })
    .int()
    .min(64)
    .default(8192)
    .describe("The most that the spool may take of the disk; beyond it a call is handled as on a full disk."),
  ASSAY_SNAPSHOT_MAX_AGE: durationSchema
    .default("24h")
    .describe("How long a gateway serves keys from its snapshot while Postgres is away."),
  ASSAY_TIMEZONE: z
    .string()
    .refine(isTimeZone, 'a time zone such as "UTC" or "Europe/Berlin"')
    .default("UTC")
    .describe("Days and weeks of the organisation."),
  ASSAY_HOLIDAYS: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(,\d{4}-\d\d-\d\d)*$/, "days such as 2026-12-25, separated by commas")
    .optional()
    .describe("Days on which nobody works; with Saturdays and Sundays they are no working days."),
  ASSAY_INDIVIDUAL_SCORING: z
    .enum(["policy", "on", "off"], { error: '"policy", "on" or "off"' })
    .default("policy")
    .describe(
      "policy: yield, signals and patterns of individuals begin when the owner has published the policy. on: it was published elsewhere. off: none are computed.",
    ),
  ASSAY_MIN_GROUP: z.coerce
    .number({ error: "a number of people, at least 5" })
    .int()
    .min(5, "a number of people, at least 5")
    .max(1000)
    .default(10)
    .describe("People of the smallest group whose totals are shown."),
  ASSAY_METHOD: methodOverridesSchema
    .default({})
    .describe(
      "Numbers of the method that differ from the defaults, as JSON: docs/method.md lists them with their reasons.",
    ),
  ASSAY_GITHUB_WEBHOOK_SECRET: webhookSecret("/webhooks/github"),
  ASSAY_GITHUB_WEBHOOK_SECRET_FILE: fileOf("ASSAY_GITHUB_WEBHOOK_SECRET"),
  ASSAY_GITLAB_WEBHOOK_SECRET: webhookSecret("/webhooks/gitlab"),
  ASSAY_GITLAB_WEBHOOK_SECRET_FILE: fileOf("ASSAY_GITLAB_WEBHOOK_SECRET"),
  ASSAY_WEBHOOK_SECRET: webhookSecret("/webhooks/generic"),
  ASSAY_WEBHOOK_SECRET_FILE: fileOf("ASSAY_WEBHOOK_SECRET"),
  ASSAY_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: "an smtp:// or smtps:// address" })
    .optional()
    .describe(
      "The mail server through which people are told of notices, with ASSAY_MAIL_FROM; without it, by no e-mail.",
    ),
  ASSAY_SMTP_URL_FILE: fileOf("ASSAY_SMTP_URL"),
  ASSAY_MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*@[^\r\n]+$/, "an address such as assay@example.com")
    .optional()
    .describe("The sender of those e-mails."),
  ASSAY_NOTIFY_WEBHOOK_URL: httpUrl
    .refine((url) => new URL(url).username === "", "an address without a user and a password in it")
    .optional()
    .describe("Where notices are posted, for a program of yours that tells people; without it, nowhere."),
  ASSAY_NOTIFY_WEBHOOK_SECRET: z
    .string()
    .min(16, "at least 16 characters of randomness")
    .optional()
    .describe("Signs those posts as Standard Webhooks does; without it they are not signed."),
  ASSAY_NOTIFY_WEBHOOK_SECRET_FILE: fileOf("ASSAY_NOTIFY_WEBHOOK_SECRET"),
  ASSAY_SKETCH_SECRET: secret(),
  ASSAY_SKETCH_SECRET_FILE: fileOf("ASSAY_SKETCH_SECRET"),
  ASSAY_LINK_SECRET: secret().describe(
    "Key of the hashes that link calls with outcomes; the same on gateways and outcome intake. Made in the data directory when absent.",
  ),
  ASSAY_LINK_SECRET_FILE: fileOf("ASSAY_LINK_SECRET"),
  ASSAY_TRUSTED_IDENTITY_HEADERS: trustedHeadersSchema
    .optional()
    .describe(
      "Proxies whose header names the person, as cidr=header, separated by commas: 10.0.0.0/8=x-forwarded-email.",
    ),
  ASSAY_TOOL_KINDS: toolKindsSchema
    .default({})
    .describe(
      "What tools of your own do, as JSON from name to kind (read, write, execute, communicate, other). * at the end of a name stands for any ending.",
    ),
  ASSAY_RETENTION_SKETCHES_DAYS: days
    .default(14)
    .describe("How long the features of a call are kept, counted from the call."),
  ASSAY_RETENTION_EVENTS_DAYS: days.default(30).describe("How long a call is kept, counted from the call."),
  ASSAY_RETENTION_RUNS_DAYS: days.default(90).describe("How long a run is kept."),
  ASSAY_RETENTION_WEEKS_DAYS: days.default(180).describe("How long a person-week is kept."),
  ASSAY_RETENTION_DISMISSED_DAYS: days.default(30).describe("How long a dismissed pattern is kept."),
  ASSAY_PRICES: priceOverridesSchema
    .default([])
    .describe("Prices of your own, as JSON: for models without a list price, and for negotiated rates."),
  ASSAY_PRICES_FILE: fileOf("ASSAY_PRICES"),
  CLAUDE_CONFIG_DIR: z
    .string()
    .optional()
    .describe("Claude Code's own folder, for `import claude-code`; without it, ~/.claude."),
  CODEX_HOME: z.string().optional().describe("Codex's own folder, for `import codex`; without it, ~/.codex."),
  CLICKHOUSE_URL: httpUrl.optional().describe("A ClickHouse server; without it, chDB in the data directory."),
  CLICKHOUSE_URL_FILE: fileOf("CLICKHOUSE_URL"),
  CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^\w+$/, "the name of a cluster: letters, digits and _")
    .optional()
    .describe(
      "The cluster of that server to make replicated and sharded tables on; without it, plain tables.",
    ),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "a postgres:// address")
    .optional()
    .describe("A Postgres server; without it, an embedded one in the data directory."),
  DATABASE_URL_FILE: fileOf("DATABASE_URL"),
  KAFKA_BROKERS: brokers
    .optional()
    .describe("host:port, separated by commas. Without it the sink reads the spool itself."),
  KAFKA_TOPIC: topic.default("assay.token-events.v1").describe("Topic of the token events."),
  KAFKA_OUTCOMES_TOPIC: topic.default("assay.outcomes.v1").describe("Topic of the outcomes."),
  KAFKA_FEATURES_TOPIC: topic.default("assay.call-features.v1").describe("Topic of the features of calls."),
  KAFKA_DEAD_LETTERS_TOPIC: topic
    .default("assay.dead-letters.v1")
    .describe("Topic of the messages that can't be stored, with the reason."),
  KAFKA_PARTITIONS: z.coerce
    .number({ error: "a number of partitions, 1 to 1000" })
    .int()
    .min(1)
    .max(1000)
    .default(6)
    .describe("Partitions of topics that Assay makes; as many sinks can share the work."),
  KAFKA_REPLICATION_FACTOR: z.coerce
    .number({ error: "a number of replicas, or -1" })
    .int()
    .min(-1)
    .default(-1)
    .describe("Replicas of topics that Assay makes. -1: the brokers' own default."),
  KAFKA_SSL: flag.default("0").describe("1: TLS to the brokers."),
  KAFKA_SSL_CA_FILE: z
    .string()
    .optional()
    .describe("Certificates (PEM) of the brokers' authority, where it is none that everybody knows."),
  KAFKA_SASL_MECHANISM: z
    .enum(["plain", "scram-sha-256", "scram-sha-512"], {
      error: '"plain", "scram-sha-256" or "scram-sha-512"',
    })
    .optional()
    .describe("How Assay signs in to the brokers; with KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD."),
  KAFKA_SASL_USERNAME: z.string().min(1).optional().describe("User at the brokers."),
  KAFKA_SASL_PASSWORD: z.string().min(1).optional().describe("Password at the brokers."),
  KAFKA_SASL_PASSWORD_FILE: fileOf("KAFKA_SASL_PASSWORD"),
});

/** Settings that a file may hold; its name is in the setting of the same name with `_FILE`. So do upstreams' keys. */
export const MAY_BE_IN_FILES: readonly string[] = [
  "ASSAY_SKETCH_SECRET",
  "ASSAY_LINK_SECRET",
  "ASSAY_GITHUB_WEBHOOK_SECRET",
  "ASSAY_GITLAB_WEBHOOK_SECRET",
  "ASSAY_WEBHOOK_SECRET",
  "ASSAY_SMTP_URL",
  "ASSAY_NOTIFY_WEBHOOK_SECRET",
  "ASSAY_PRICES",
  "CLICKHOUSE_URL",
  "DATABASE_URL",
  "KAFKA_SASL_PASSWORD",
];

/** Settings whose values no message may show; an address can hold a password. */
export const MAY_HOLD_SECRETS: ReadonlySet<string> = new Set([
  "ASSAY_SKETCH_SECRET",
  "ASSAY_LINK_SECRET",
  "ASSAY_GITHUB_WEBHOOK_SECRET",
  "ASSAY_GITLAB_WEBHOOK_SECRET",
  "ASSAY_WEBHOOK_SECRET",
  "ASSAY_SMTP_URL",
  "ASSAY_NOTIFY_WEBHOOK_SECRET",
  "ASSAY_NOTIFY_WEBHOOK_URL",
  "CLICKHOUSE_URL",
  "DATABASE_URL",
  "KAFKA_SASL_PASSWORD",
]);

function secret(): z.ZodOptional<z.ZodString> {
  return z
    .string()
    .min(32, "at least 32 characters of randomness")
    .optional()
    .describe("Key of the sketches; the same on all gateways. Made in the data directory when absent.");
}

function webhookSecret(path: string): z.ZodOptional<z.ZodString> {
  return z
    .string()
    .min(16, "at least 16 characters of randomness")
    .optional()
    .describe(`Secret that senders to ${path} know; without it that address answers 404.`);
}

function fileOf(setting: string): z.ZodOptional<z.ZodString> {
  return z.string().optional().describe(`File that holds ${setting}.`);
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name }).format();
    return true;
  } catch {
    return false;
  }
}

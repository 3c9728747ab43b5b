// What docs/deploy.md tells operators to type and to set is there: settings, commands, files, services and the consumers' group.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { listCommands } from "../../commands.ts";
import { SINK_GROUP } from "../../ingest/bus/kafka-consumer.ts";
import { settingsSchema } from "../../schemas/settings.ts";
import { readCompose, ROOT } from "../services/compose.ts";

const FILE = "docs/deploy.md";
const text = readFileSync(join(ROOT, FILE), "utf8");
const compose = readCompose();
const commands = new Set(listCommands(async () => 0).keys());
/** Variables of the programs that come with the stores. */
const OF_STORES = new Set([
  "CLICKHOUSE_PASSWORD",
  ...Object.keys(compose.services["kafka"]?.environment ?? {}),
]);
const PREFIXES = /\b(?:ASSAY|KAFKA|CLICKHOUSE|DATABASE)_[A-Z_]+\b/g;
const UPSTREAM = /^ASSAY_UPSTREAM_[A-Z]+_(URL|KEY|KEY_FILE|KIND)$/;
/** A line of shell that begins with what it does to which services. */
const COMPOSE_UP = /docker compose (?:up|exec|stop)((?: (?:-e \S+|--?[\w-]+|[\w-]+(?=[ \n`])))+)/g;

function unknownSettings(document: string): string[] {
  const names = document.match(PREFIXES) ?? [];
  return names.filter(
    (name) => !Object.hasOwn(settingsSchema.shape, name) && !UPSTREAM.test(name) && !OF_STORES.has(name),
  );
}

function unknownCommands(document: string): string[] {
  const named = [...document.matchAll(/(?:`assay|main\.ts) ([a-z][\w-]*(?: [a-z][\w-]*)?)/g)];
  return named
    .map(([, words = ""]) => words)
    .filter((words) => !commands.has(words) && !commands.has(words.split(" ")[0] ?? ""));
}

function missingFiles(document: string): string[] {
  const links = [...document.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = ""]) => join("docs", link));
  const named = [...document.matchAll(/^deploy\/[\w.-]+/gm)].map(([path]) => path);
  return [...links, ...named].filter((path) => !existsSync(join(ROOT, path)));
}

it("every setting, command and file that it names is there", () => {
  expect(unknownSettings(text)).toEqual([]);
  expect(unknownCommands(text)).toEqual([]);
  expect(missingFiles(text)).toEqual([]);
  expect(text.match(PREFIXES)?.length).toBeGreaterThan(30);
});

it("one that is not there is found", () => {
  expect(unknownSettings("Set `ASSAY_DATE`, `KAFKA_BROKER`.")).toEqual(["ASSAY_DATE", "KAFKA_BROKER"]);
  expect(unknownCommands("`assay analyse --full`")).toEqual(["analyse"]);
  expect(missingFiles("[this](../deploy/none.conf)")).toEqual(["deploy/none.conf"]);
});

it("its examples of overrides speak of services and networks that the deployment has, or of their own", () => {
  const blocks = [...text.matchAll(/```yaml\n([^`]+)```/g)].map(([, yaml = ""]) => parse(yaml));
  expect(blocks.length).toBeGreaterThan(1);
  for (const { services } of blocks) {
    for (const [name, service] of Object.entries<{ image?: string; networks?: string[] }>(services)) {
      expect(name in compose.services || service.image !== undefined, name).toBe(true);
      for (const network of service.networks ?? []) expect(compose.networks).toHaveProperty(network);
    }
  }
});

it("its commands name services of the deployment", () => {
  const named = [...text.matchAll(COMPOSE_UP)].flatMap(([, words = ""]) => words.trim().split(" "));
  const services = named.filter((word) =>
    /^(gateway|sink|analyze|dashboard|kafka|postgres|clickhouse)/.test(word),
  );
  expect(services.length).toBeGreaterThan(10);
  expect(services.filter((name) => !(name in compose.services) && !name.includes("-"))).toEqual([]);
});

it("sinks begin again where it says: in their own group", () => {
  expect(text).toContain(`--group ${SINK_GROUP} `);
});

it("Prometheus asks the services that there are, where they answer", () => {
  const { scrape_configs: jobs } = parse(readFileSync(join(ROOT, "deploy/prometheus.yml"), "utf8"));
  const [{ names, port }] = jobs[0].dns_sd_configs;
  const own = Object.entries(compose.services).filter(([, { image }]) => image.startsWith("assay:"));
  const staying = own.map(([name]) => name).filter((name) => name !== "migrate");
  expect(names.toSorted()).toEqual(staying.toSorted());
  expect(port).toBe(settingsSchema.parse({}).ASSAY_METRICS_PORT);
});

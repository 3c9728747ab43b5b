// docker-compose.yml and Dockerfile as a test reads them: YAML with its merges, variables replaced by their defaults, and what
// a service gets to see: its environment with that of the image, and its secrets as files.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const ROOT = join(import.meta.dirname, "../..");
/** Where Compose mounts secrets that name no place of their own. */
const SECRETS_FOLDER = "/run/secrets";

const secretUse = z.union([
  z.string().transform((source) => ({ source, target: `${SECRETS_FOLDER}/${source}` })),
  z.object({ source: z.string(), target: z.string() }),
]);
const healthcheckSchema = z.object({
  test: z.array(z.string()).default([]),
  disable: z.boolean().default(false),
});

const serviceSchema = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({}),
  secrets: z.array(secretUse).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: healthcheckSchema.optional(),
  user: z.string().default(""),
  read_only: z.boolean().default(false),
  init: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  restart: z.string().default("no"),
  stop_grace_period: z.string().default("10s"),
  pids_limit: z.number().optional(),
  logging: z.object({ options: z.record(z.string(), z.string()).default({}) }).optional(),
  deploy: z
    .object({
      replicas: z.number().default(1),
      resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).optional(),
    })
    .default({ replicas: 1 }),
});
export type ComposeService = z.infer<typeof serviceSchema>;

const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});
export type Compose = z.infer<typeof composeSchema>;

/** The file as YAML has it, with its merges. */
export function readComposeDocument(): unknown {
  return parse(readFileSync(join(ROOT, "docker-compose.yml"), "utf8"), { merge: true });
}

/** The file as Compose would run it for somebody who has set no variable. */
export function readCompose(document: unknown = readComposeDocument()): Compose {
  return composeSchema.parse(JSON.parse(interpolate(JSON.stringify(document))));
}

/** `${NAME:-default}`, the only form that the file uses; what is left of another one is found by its `$`. */
function interpolate(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1");
}

/** `30s`, `1m30s` */
export function toMilliseconds(duration: string): number {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...duration.matchAll(/(\d+)(ms|s|m|h)/g)];
  return parts.reduce(
    (total, [, count, unit]) => total + Number(count) * (units[unit ?? ""] ?? Number.NaN),
    0,
  );
}

export function isBuiltHere({ image }: ComposeService): boolean {
  return image.startsWith("assay:");
}

/** Makes the secrets as an operator does. Returns nothing: they are files of the folder. */
export function makeSecrets(folder: string): void {
  execFileSync(join(ROOT, "deploy/make-secrets.sh"), [folder], { stdio: "pipe" });
}

/** Paths in a container to the files of a folder in which `makeSecrets` was. */
export function secretFiles(
  { secrets }: Compose,
  service: ComposeService,
  folder: string,
): ReadonlyMap<string, string> {
  return new Map(
    service.secrets.map(({ source, target }) => [
      target,
      join(folder, secrets[source]?.file.replace(/^\.\/secrets\//, "") ?? "undeclared"),
    ]),
  );
}

export interface Dockerfile {
  /** Instructions of all stages in order: `["COPY", "schemas ./schemas"]`. */
  instructions: readonly (readonly [instruction: string, rest: string])[];
  /** Of the last stage. */
  environment: Readonly<Record<string, string>>;
  user: string;
}

export function readDockerfile(text = readFileSync(join(ROOT, "Dockerfile"), "utf8")): Dockerfile {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, "")
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const instructions = lines.map((line): [string, string] => {
    const [instruction = "", ...rest] = line.trim().split(/\s+/);
    return [instruction, rest.join(" ")];
  });
  const last = instructions.slice(instructions.findLastIndex(([name]) => name === "FROM"));
  const pairs = last
    .filter(([name]) => name === "ENV")
    .flatMap(([, rest]) => rest.split(" "))
    .map((pair): [string, string] => [pair.split("=", 1)[0] ?? "", pair.slice(pair.indexOf("=") + 1)]);
  return {
    instructions,
    environment: Object.fromEntries(pairs),
    user: last.findLast(([name]) => name === "USER")?.[1] ?? "",
  };
}

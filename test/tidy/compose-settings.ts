// Whether docker-compose.yml and Assay mean the same: every variable is a setting and right, what a setting names is there
// (hosts, ports, secrets, directories), and nothing that has to outlive its container lies where it does not. Each rule
// returns what breaks it, one sentence a place.

import { AppError } from "../../schemas/app-error.ts";
import { readConfig, type Config } from "../../schemas/config.ts";
import { settingsSchema } from "../../schemas/settings.ts";
import {
  isBuiltHere,
  secretFiles,
  toMilliseconds,
  type Compose,
  type ComposeService,
  type Dockerfile,
} from "../services/compose.ts";
import { oneShots } from "./compose-hardening.ts";

/** Sinks share the work by partitions; fewer would leave none to add one for. */
const PARTITIONS_MIN = 3;
const HOLDS_A_SECRET = /(PASSWORD|SECRET|KEY|TOKEN)$/;
const UPSTREAM = /^ASSAY_UPSTREAM_\w+_(URL|KEY|KEY_FILE|KIND)$/;

export interface Surroundings {
  dockerfile: Dockerfile;
  /** Where the secrets were made. */
  secretsFolder: string;
  /** Commands of `assay`. */
  commands: ReadonlySet<string>;
  /** The longest that a part needs to stop by itself. */
  stopMsMax: number;
}

interface OwnService {
  name: string;
  service: ComposeService;
  config: Config;
}

export function findSettingFaults(compose: Compose, surroundings: Surroundings): string[] {
  const faults = Object.entries(compose.services).flatMap(([name, service]) =>
    plainSecretFaults(service).map((fault) => `${name}: ${fault}`),
  );
  const own: OwnService[] = [];
  for (const [name, service] of Object.entries(compose.services)) {
    if (!isBuiltHere(service)) continue;
    const config = readServiceConfig(compose, service, surroundings);
    if (Array.isArray(config)) faults.push(...config.map((fault) => `${name}: ${fault}`));
    else own.push({ name, service, config });
  }
  return [
    ...faults,
    ...own.flatMap(({ name, service, config }) =>
      [
        ...commandFaults(service, surroundings),
        ...storeFaults(compose, { name, service, config }),
        ...placeFaults(compose, { name, service, config }, surroundings),
      ].map((fault) => `${name}: ${fault}`),
    ),
    ...shareFaults(compose, own),
  ];
}

/** A password is in a file, and in no variable and no address. */
function plainSecretFaults({ environment }: ComposeService): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => HOLDS_A_SECRET.test(name) || /:\/\/[^/\s]*@/.test(value))
    .map(([name]) => `${name} holds a secret that belongs in a file`);
}

/** What the service would read; or what it would refuse. */
export function readServiceConfig(
  compose: Compose,
  service: ComposeService,
  { dockerfile, secretsFolder }: Surroundings,
): Config | string[] {
  const files = secretFiles(compose, service, secretsFolder);
  const environment = Object.entries({ ...dockerfile.environment, ...service.environment });
  const unknown = Object.keys(service.environment).filter(
    (name) => !Object.hasOwn(settingsSchema.shape, name) && !UPSTREAM.test(name),
  );
  if (unknown.length > 0) return unknown.map((name) => `${name} is no setting`);
  try {
    return readConfig(
      Object.fromEntries(
        environment.map(([name, value]) => [
          name,
          name.endsWith("_FILE") ? (files.get(value) ?? value) : value,
        ]),
      ),
    );
  } catch (error) {
    if (error instanceof AppError && error.code === "bad_configuration") return [error.message];
    throw error;
  }
}

function commandFaults(
  { command, init, stop_grace_period, user }: ComposeService,
  around: Surroundings,
): string[] {
  return [
    around.commands.has(command[0] ?? "") ? [] : `there is no command ${command.join(" ")}`,
    init ? [] : "nobody hands signals on to its processes, or buries them",
    toMilliseconds(stop_grace_period) > around.stopMsMax ? [] : "it is killed before its calls have ended",
    user === around.dockerfile.user ? [] : "its user is not the image's",
  ].flat();
}

/**
 * Everything is a server, under the name of its service. A gateway needs no ClickHouse, nobody else the secret of sketches, and besides it
 * only the dashboard, which takes outcomes in, that of links.
 */
function storeFaults({ services }: Compose, { service, config }: OwnService): string[] {
  const isGateway = service.command[0] === "gateway";
  const addresses = [config.databaseUrl, config.clickhouseUrl].flatMap((url) => url ?? []);
  const hosts = [
    ...addresses.map((url) => new URL(url).hostname),
    ...(config.kafka?.brokers ?? []).map((broker) => broker.split(":")[0] ?? ""),
  ];
  return [
    config.databaseUrl === undefined ? "it has no Postgres" : [],
    config.kafka === undefined ? "it has no Kafka" : [],
    (config.clickhouseUrl === undefined) === isGateway
      ? []
      : "it has a ClickHouse and needs none, or the reverse",
    (config.sketchSecret !== undefined) === isGateway &&
    (config.linkSecret !== undefined) === ownsSpool(service)
      ? []
      : "it has a sketch secret or a link secret and needs none, or the reverse",
    hosts.filter((host) => !(host in services)).map((host) => `there is no service ${host}`),
    config.kafka?.sasl === undefined ? "it would sign in to Kafka without a password" : [],
    (config.kafka?.partitions ?? 0) >= PARTITIONS_MIN
      ? []
      : `there are fewer than ${PARTITIONS_MIN} partitions`,
    service.deploy.replicas <= (config.kafka?.partitions ?? 0)
      ? []
      : "some of its copies would have no partition",
  ].flat();
}

/** Addresses and directories. Only gateways and the dashboard are published, at the ports that they listen on. */
function placeFaults(
  compose: Compose,
  { service, config }: OwnService,
  { dockerfile }: Surroundings,
): string[] {
  const published = service.ports.map((port) => Number(port.split(":").at(-1)));
  const ports: Readonly<Record<string, number>> = {
    gateway: config.gatewayPort,
    dashboard: config.dashboardPort,
  };
  const own = ports[service.command[0] ?? ""];
  const isServed = own === undefined ? published.length === 0 : published.join() === String(own);
  const [uid, gid] = dockerfile.user.split(":");
  const isVolatile = service.tmpfs.some(
    (mount) => mount.startsWith(`${config.dataDir}:`) && mount.includes(`uid=${uid},gid=${gid}`),
  );
  const isKept = dataVolume(service, config) !== undefined;
  return [
    config.host === "0.0.0.0" ? [] : "it listens where nobody reaches it",
    isServed ? [] : `it publishes ${published.join()} and listens on ${own}`,
    checksHealthAt(service, dockerfile, config) ? [] : "its health check asks another port",
    ownsSpool(service) && !isKept ? "its spool ends with its container" : [],
    isVolatile || isKept ? [] : `it can't write ${config.dataDir}`,
    ownsSpool(service) && service.deploy.replicas > 1 ? "its copies would share a spool" : [],
    dependsOnMigration(compose, service) ? [] : "it does not wait for the migrations",
  ].flat();
}

function checksHealthAt({ healthcheck }: ComposeService, dockerfile: Dockerfile, config: Config): boolean {
  if (healthcheck?.disable) return true;
  const ofImage = dockerfile.instructions.find(([name]) => name === "HEALTHCHECK")?.[1] ?? "";
  const test = healthcheck?.test.join(" ") || ofImage;
  return test.includes(`127.0.0.1:${config.metricsPort}/healthz`);
}

function dependsOnMigration(compose: Compose, service: ComposeService): boolean {
  const isMigration = service.command[0] === "migrate";
  return isMigration || Object.keys(service.depends_on).some((name) => oneShots(compose).has(name));
}

/** What only the disk knows between a call's end, or the answer to who sent an outcome, and Kafka's word that it has it. */
function ownsSpool({ command }: ComposeService): boolean {
  return command[0] === "gateway" || command[0] === "dashboard";
}

function dataVolume({ volumes }: ComposeService, { dataDir }: Config): string | undefined {
  return volumes.find((volume) => volume.split(":")[1] === dataDir)?.split(":")[0];
}

/** Two writers of one directory would take each other for dead: neither sees the other's processes. */
function shareFaults({ services }: Compose, own: readonly OwnService[]): string[] {
  const kept = own.map(({ name, service, config }) => ({ name, volume: dataVolume(service, config) }));
  const broker = services["kafka"]?.environment["KAFKA_NUM_PARTITIONS"];
  return [
    ...kept
      .filter(
        ({ volume }, at) => volume !== undefined && kept.findIndex((other) => other.volume === volume) < at,
      )
      .map(({ name, volume }) => `${name}: the volume ${volume} is another one's, too`),
    ...own
      .filter(({ config }) => config.kafka !== undefined && String(config.kafka.partitions) !== broker)
      .map(({ name }) => `${name}: its topics have other partitions than the brokers' default`),
  ];
}

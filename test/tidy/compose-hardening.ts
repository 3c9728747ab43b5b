// What a container of docker-compose.yml must not lack, whatever runs in it: limits, a health check, a user that is not root,
// and nothing that it could write but what is named. Each rule returns what breaks it, one sentence a place.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { isBuiltHere, ROOT, toMilliseconds, type Compose, type ComposeService } from "../services/compose.ts";

/** Docker's own grace before it kills. Stores need longer to write down what they hold. */
const STORE_STOP_MS_MIN = 30_000;
const NAMED_VOLUME = /^[\w-]+$/;

export function findHardeningFaults(compose: Compose): string[] {
  return [
    ...Object.entries(compose.services).flatMap(([name, service]) =>
      [
        ...containerFaults(service),
        ...lifeFaults(service, oneShots(compose).has(name)),
        ...dependencyFaults(compose, service),
        ...mountFaults(compose, service),
        ...networkFaults(compose, service),
      ].map((fault) => `${name}: ${fault}`),
    ),
    ...portFaults(compose),
    ...unusedFaults(compose),
  ];
}

/** Services that end by themselves: others wait for that. */
export function oneShots({ services }: Compose): ReadonlySet<string> {
  const waits = Object.values(services).flatMap(({ depends_on }) => Object.entries(depends_on));
  return new Set(
    waits.filter(([, { condition }]) => condition === "service_completed_successfully").map(([name]) => name),
  );
}

function containerFaults(service: ComposeService): string[] {
  const limits = service.deploy.resources?.limits;
  return [
    service.read_only ? [] : "its root file system can be written",
    service.cap_drop.includes("ALL") ? [] : "it keeps capabilities",
    service.security_opt.includes("no-new-privileges:true") ? [] : "it may gain privileges",
    /^[1-9]\d*:[1-9]\d*$/.test(service.user) ? [] : "its user is root, or has no number",
    limits?.["memory"] ? [] : "it has no limit of memory",
    limits?.["cpus"] ? [] : "it has no limit of processors",
    service.pids_limit === undefined ? "it has no limit of processes" : [],
    service.logging?.options["max-size"] && service.logging.options["max-file"] ? [] : "its log has no limit",
  ].flat();
}

function lifeFaults(service: ComposeService, isOneShot: boolean): string[] {
  const checks = (service.healthcheck?.test.length ?? 0) > 0 || isBuiltHere(service);
  const isChecked = checks && !service.healthcheck?.disable;
  const stopMs = toMilliseconds(service.stop_grace_period);
  return [
    isChecked || isOneShot ? [] : "nobody checks its health",
    service.restart === (isOneShot ? "no" : "unless-stopped")
      ? []
      : `it has the restart policy ${service.restart}`,
    isBuiltHere(service) || stopMs >= STORE_STOP_MS_MIN
      ? []
      : "it is killed before a store has written everything",
  ].flat();
}

function dependencyFaults({ services }: Compose, { depends_on }: ComposeService): string[] {
  return Object.keys(depends_on)
    .filter((name) => services[name] === undefined)
    .map((name) => `it waits for ${name}, which is not there`);
}

function mountFaults({ volumes, secrets }: Compose, service: ComposeService): string[] {
  const mounted = service.volumes.map((volume) => volume.split(":")[0] ?? "");
  const lost = service.volumes.filter((volume) => !volume.includes(":"));
  return [
    ...lost.map((volume) => `${volume} is a volume without a name, which a new container does not get back`),
    ...mounted
      .filter((source) => NAMED_VOLUME.test(source) && !(source in volumes))
      .map((source) => `the volume ${source} is not declared`),
    ...mounted
      .filter((source) => source.startsWith(".") && !existsSync(join(ROOT, source)))
      .map((source) => `there is no file ${source}`),
    ...service.secrets
      .filter(({ source }) => !(source in secrets))
      .map(({ source }) => `the secret ${source} is not declared`),
    ...service.tmpfs.filter((mount) => !mount.includes("size=")).map((mount) => `${mount} has no size`),
  ];
}

/** A store talks to parts of Assay alone. */
function networkFaults({ networks }: Compose, service: ComposeService): string[] {
  const unknown = service.networks.filter((name) => networks[name] === undefined);
  const isOpen = service.networks.some((name) => networks[name]?.internal === false);
  return [
    service.networks.length === 0 ? "it is in the default network" : [],
    unknown.map((name) => `the network ${name} is not declared`),
    isOpen && !isBuiltHere(service) ? "a store is in a network that leads outside" : [],
    isOpen || service.ports.length === 0 ? [] : "its port is published from a network that nothing can reach",
  ].flat();
}

function portFaults({ services }: Compose): string[] {
  const published = Object.entries(services).flatMap(([name, { ports, deploy }]) =>
    ports.map((port) => ({ name, port, address: port.split(":").slice(0, -1).join(":"), ...deploy })),
  );
  return [
    ...published
      .filter(({ address }) => !/^127\.0\.0\.1:\d+$/.test(address))
      .map(({ name, port }) => `${name}: ${port} is published beyond this machine`),
    ...published
      .filter(({ address }, at) => published.findIndex((other) => other.address === address) < at)
      .map(({ name, address }) => `${name}: ${address} is taken`),
    ...published
      .filter(({ replicas }) => replicas > 1)
      .map(({ name }) => `${name}: its copies would publish one port`),
  ];
}

function unusedFaults({ services, volumes, secrets, networks }: Compose): string[] {
  const all = Object.values(services);
  const used = {
    volume: new Set(all.flatMap((service) => service.volumes.map((volume) => volume.split(":")[0] ?? ""))),
    secret: new Set(all.flatMap((service) => service.secrets.map(({ source }) => source))),
    network: new Set(all.flatMap((service) => service.networks)),
  };
  const declared = { volume: volumes, secret: secrets, network: networks };
  return (["volume", "secret", "network"] as const).flatMap((kind) =>
    Object.keys(declared[kind])
      .filter((name) => !used[kind].has(name))
      .map((name) => `the ${kind} ${name} is used by nobody`),
  );
}

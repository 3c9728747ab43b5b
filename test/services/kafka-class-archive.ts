// Java's archive of the classes that a broker loads, made once beside Kafka's programs by a broker that does nothing else: with it
// one starts in half the time, and takes half the CPU for it. (Class data sharing: `man java`, -XX:ArchiveClassesAtExit.)

import { existsSync, renameSync } from "node:fs";
import { findBrokerPorts, KafkaBroker } from "./kafka-broker.ts";
import { lockKafkaPrograms, type KafkaPrograms } from "./kafka-programs.ts";
import { brokerSettings, makeClusterId } from "./kafka-settings.ts";

/** Java runs without it as well, so nothing depends on whether it could be made. */
export async function prepareClassArchive(programs: KafkaPrograms): Promise<void> {
  if (existsSync(programs.classArchive)) return;
  const unlock = await lockKafkaPrograms();
  try {
    if (!existsSync(programs.classArchive)) await makeClassArchive(programs);
  } finally {
    unlock();
  }
}

async function makeClassArchive(programs: KafkaPrograms): Promise<void> {
  const draft = `${programs.classArchive}.draft`;
  const own = await findBrokerPorts();
  const place = { nodeId: 1, own, ports: [own], address: `127.0.0.1:${own.clients}` };
  const broker = new KafkaBroker({
    programs,
    clusterId: makeClusterId(),
    settings: brokerSettings(place, {}),
    formatOptions: [],
    port: own.clients,
    archiveClassesTo: draft,
  });
  try {
    await broker.format();
    await broker.start();
    await broker.stop();
    if (existsSync(draft)) renameSync(draft, programs.classArchive);
  } finally {
    await broker.remove();
  }
}

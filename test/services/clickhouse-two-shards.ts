// Makes one chDB look like a cluster of two shards, as far as queries can tell.
//
// Its configuration names a cluster of which both shards are this process, so that distributed tables work as on a cluster: the
// query is taken apart, each shard answers its part, and the parts are put together. Both shards find the same tables, so each is
// shown only the rows that are its own by the sharding key; a join of rows that lie on different shards would find nothing.
//
// Not so: there is no replication, and `ON CLUSTER` and the replicated engines are left out of what is run. Where a row is written
// to can't be told, because the key alone decides which shard shows it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SHARDED_BY } from "../../schemas/clickhouse/cluster.ts";

export const CLUSTER = "two_shards";

/** The number tells the engine that a shard is this process; nothing listens there. */
const PORT = 9000;
const SHARD = `<shard><internal_replication>true</internal_replication>
  <replica><host>127.0.0.1</host><port>${PORT}</port></replica></shard>`;

/** What the engine is started with. */
export function writeClusterConfig(folder: string): string[] {
  const file = join(folder, "cluster.xml");
  const servers = `<remote_servers><${CLUSTER}>${SHARD}${SHARD}</${CLUSTER}></remote_servers>`;
  writeFileSync(file, `<clickhouse><tcp_port>${PORT}</tcp_port>${servers}</clickhouse>`);
  return [`--config-file=${file}`];
}

export function withoutReplication(sql: string): string {
  return sql
    .replaceAll(/ ON CLUSTER '\w+'/g, "")
    .replaceAll(/ENGINE = Replicated(\w+)\('[^']*', '\{replica\}'(?:, )?/g, "ENGINE = $1(");
}

/** Shows each shard its own rows, and lets no query leave the process. */
export function toShardSettings(database: string): string {
  const filters = Object.entries(SHARDED_BY).map(
    ([table, column]) => `'${database}.${table}_local': 'cityHash64(${column}) % 2 = shardNum() - 1'`,
  );
  return `SET prefer_localhost_replica = 1; SET additional_table_filters = {${filters.join(", ")}}`;
}

// Where the processor time of this process goes, by what a sink does. V8 samples the stack; each sample belongs to the innermost
// frame that one of the rules knows, because the same `JSON.parse` may serve several of them.

import { Session, type Profiler } from "node:inspector/promises";

const SAMPLE_US = 500;

/** The first that matches the file or, of V8's own functions, the name. */
const RULES: readonly (readonly [share: string, file: RegExp, name?: RegExp])[] = [
  ["collect garbage", /^$/, /garbage collector/],
  ["wait", /^$/, /^\((idle|program)\)$/],
  ["validate", /node_modules\/zod\/|schemas\/(token-event|spool-record|outcome)/],
  ["price", /ingest\/sink\/price|genai-prices/],
  ["parse JSON", /ingest\/bus\/parse-message|ingest\/spool\//],
  ["make rows", /ingest\/sink\/|schemas\/clickhouse\/(open|store)/],
  ["Kafka", /node_modules\/kafkajs\/|ingest\/bus\//],
  [
    "stringify and send",
    /node_modules\/@clickhouse\/|node:(http|net|zlib|_http|internal\/streams|stream)|^node:/,
  ],
];
const OTHER = "other";

export interface RunningProfile {
  /** Shares of the processor time, which add up to 1. */
  stop(): Promise<Record<string, number>>;
}

export async function startProfile(): Promise<RunningProfile> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_US });
  await session.post("Profiler.start");
  return {
    async stop() {
      const { profile } = await session.post("Profiler.stop");
      session.disconnect();
      return toShares(profile);
    },
  };
}

function toShares({ nodes, samples = [] }: Profiler.Profile): Record<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const share = shareOf(sample);
    if (share !== "wait") counts.set(share, (counts.get(share) ?? 0) + 1);
  }
  const total = counts.values().reduce((sum, count) => sum + count, 0);
  const sorted = [...counts].toSorted(([, one], [, other]) => other - one);
  return Object.fromEntries(sorted.map(([share, count]) => [share, count / total]));

  function shareOf(sample: number): string {
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
      const frame = byId.get(id)?.callFrame;
      const rule = RULES.find(
        ([, file, name]) =>
          frame && file.test(frame.url) && (name === undefined || name.test(frame.functionName)),
      );
      if (rule) return rule[0];
    }
    return OTHER;
  }
}

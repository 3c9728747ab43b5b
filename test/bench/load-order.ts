// What the benchmark asks of its load generator, and what it is told.

interface Order {
  port: number;
  profile: string;
  headers: Readonly<Record<string, string>>;
  calls: number;
}

export type LoadOrder =
  | (Order & { mode: "saturation"; connections: number })
  | (Order & { mode: "rate"; callsPerSecond: number });

export interface LoadResult {
  calls: number;
  /** Calls without a whole answer of status 200. */
  failures: number;
  seconds: number;
  /** Of a fixed rate, one for each whole answer, from the intended begin. */
  latencies: readonly { firstByteMs: number; endMs: number }[];
}

// What Assay reads of OpenTelemetry's logs and metrics, whichever encoding they came in, and how much of it.
//
// Always holds: the text of a log record (its body) is never read, and of attributes only what is short enough to be an id or
// a word. Prompts, commands and arguments of tools, which clients can be made to export, are left where they stand in the bytes.

/** Records of one request. An exporter's own limit is 512 by default; what is beyond ours is counted as rejected. */
export const RECORDS_MAX = 10_000;
/** Resources and scopes of one request together; a process has one of each, or a few. */
export const CONTAINERS_MAX = 10_000;
/** Attributes of one record; the first ones are read. */
export const ATTRIBUTES_MAX = 128;
/** Longer values are not read: the longest that matters is a session's id, and an outcome holds none above this. */
export const VALUE_CHARS_MAX = 256;

export type AttributeValue = string | number | boolean;
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** A log record. `name` is '' for one that is no event. */
export interface LogEvent {
  name: string;
  /** Unix time in nanoseconds; 0: not told. */
  at: bigint;
  attributes: Attributes;
}

/** One series of a counter at one time, in what is called a monotonic sum. */
export interface CounterPoint {
  metric: string;
  /** What was counted since `start`, which stays; or since the report before, which ended at `start`. */
  isCumulative: boolean;
  /** Unix times in nanoseconds; 0: not told. A counter that begins again has another start. */
  start: bigint;
  at: bigint;
  value: number;
  attributes: Attributes;
}

export interface Batch<Item> {
  items: Item[];
  /** How many were beyond the limit, and not read. */
  leftOut: number;
}

/** One encoding of OTLP. Both throw whatever they stumble over when the bytes are not what they claim to be. */
export interface TelemetryReader {
  readLogs: (body: Uint8Array) => Batch<LogEvent>;
  readCounters: (body: Uint8Array) => Batch<CounterPoint>;
}

/** Adds the item that `read` gives, while there is room. */
export function addItem<Item>(batch: Batch<Item>, read: () => Item): void {
  if (batch.items.length < RECORDS_MAX) batch.items.push(read());
  else batch.leftOut += 1;
}

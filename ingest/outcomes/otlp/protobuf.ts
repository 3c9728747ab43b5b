// Reads OTLP in protobuf, field by field, by the numbers of opentelemetry-proto v1 (logs.proto, metrics.proto, common.proto).
//
// Fields that are not named here are skipped by their length and never decoded, so that a batch full of prompts costs nothing
// and leaves nothing. A field of another wire type than its own is an unknown field, as protobuf has it.

import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import {
  addItem,
  ATTRIBUTES_MAX,
  CONTAINERS_MAX,
  VALUE_CHARS_MAX,
  type Attributes,
  type AttributeValue,
  type Batch,
  type CounterPoint,
  type LogEvent,
  type TelemetryReader,
} from "./telemetry.ts";

/** AggregationTemporality of metrics.proto. */
const DELTA = 1;
const CUMULATIVE = 2;

/** Resource, scope, and record or metric: the same numbers in both requests. */
const PATH_OF_RECORDS = [1, 2, 2];
const DATA_POINTS = 1;

export const protobufTelemetry: TelemetryReader = { readLogs, readCounters };

function readLogs(body: Uint8Array): Batch<LogEvent> {
  const batch: Batch<LogEvent> = { items: [], leftOut: 0 };
  visitMessages(body, PATH_OF_RECORDS, (record) => addItem(batch, () => readLogEvent(record)));
  return batch;
}

function readLogEvent(record: Uint8Array): LogEvent {
  const { attributes, read } = createAttributes();
  let [name, at, observedAt] = ["", 0n, 0n];
  readFields(record, {
    1: [WireType.Bit64, (reader) => void (at = BigInt(reader.fixed64()))],
    6: [WireType.LengthDelimited, (reader) => read(reader.bytes())],
    11: [WireType.Bit64, (reader) => void (observedAt = BigInt(reader.fixed64()))],
    12: [WireType.LengthDelimited, (reader) => void (name = readShortText(reader) ?? "")],
  });
  const said = attributes.get("event.name");
  return { name: typeof said === "string" ? said : name, at: at || observedAt, attributes };
}

function readCounters(body: Uint8Array): Batch<CounterPoint> {
  const batch: Batch<CounterPoint> = { items: [], leftOut: 0 };
  visitMessages(body, PATH_OF_RECORDS, (metric) => {
    let name = "";
    let sum: Uint8Array | undefined;
    readFields(metric, {
      1: [WireType.LengthDelimited, (reader) => void (name = readShortText(reader) ?? "")],
      7: [WireType.LengthDelimited, (reader) => void (sum = reader.bytes())],
    });
    if (sum !== undefined) readSum(sum, name, batch);
  });
  return batch;
}

function readSum(sum: Uint8Array, metric: string, batch: Batch<CounterPoint>): void {
  let [temporality, isMonotonic] = [0, false];
  readFields(sum, {
    2: [WireType.Varint, (reader) => void (temporality = reader.int32())],
    3: [WireType.Varint, (reader) => void (isMonotonic = reader.bool())],
  });
  if (!isMonotonic || (temporality !== DELTA && temporality !== CUMULATIVE)) return;
  const isCumulative = temporality === CUMULATIVE;
  visitMessages(sum, [DATA_POINTS], (point) =>
    addItem(batch, () => ({ metric, isCumulative, ...readDataPoint(point) })),
  );
}

function readDataPoint(point: Uint8Array): Omit<CounterPoint, "metric" | "isCumulative"> {
  const { attributes, read } = createAttributes();
  let [start, at, value] = [0n, 0n, 0];
  readFields(point, {
    2: [WireType.Bit64, (reader) => void (start = BigInt(reader.fixed64()))],
    3: [WireType.Bit64, (reader) => void (at = BigInt(reader.fixed64()))],
    4: [WireType.Bit64, (reader) => void (value = reader.double())],
    6: [WireType.Bit64, (reader) => void (value = Number(reader.sfixed64()))],
    7: [WireType.LengthDelimited, (reader) => read(reader.bytes())],
  });
  return { start, at, value, attributes };
}

function createAttributes(): { attributes: Attributes; read: (keyValue: Uint8Array) => void } {
  const attributes = new Map<string, AttributeValue>();
  let count = 0;
  return {
    attributes,
    read(keyValue) {
      count += 1;
      if (count > ATTRIBUTES_MAX) return;
      let key: string | undefined;
      let value: AttributeValue | undefined;
      readFields(keyValue, {
        1: [WireType.LengthDelimited, (reader) => void (key = readShortText(reader))],
        2: [WireType.LengthDelimited, (reader) => void (value = readValue(reader.bytes()))],
      });
      if (key !== undefined && value !== undefined) attributes.set(key, value);
    },
  };
}

/** Lists, maps and bytes are no values of ours. */
function readValue(anyValue: Uint8Array): AttributeValue | undefined {
  let value: AttributeValue | undefined;
  readFields(anyValue, {
    1: [WireType.LengthDelimited, (reader) => void (value = readShortText(reader))],
    2: [WireType.Varint, (reader) => void (value = reader.bool())],
    3: [WireType.Varint, (reader) => void (value = Number(reader.int64()))],
    4: [WireType.Bit64, (reader) => void (value = reader.double())],
  });
  return value;
}

/** Undefined for what is too long. In UTF-8 a text has at least as many bytes as characters, and the same number in ASCII. */
function readShortText(reader: BinaryReader): string | undefined {
  const bytes = reader.bytes();
  return bytes.length > VALUE_CHARS_MAX ? undefined : Buffer.from(bytes).toString("utf8");
}

/**
 * Visits the messages that lie behind a path of field numbers.
 * @throws RangeError for more messages on the way than an exporter has reason to make
 */
function visitMessages(
  message: Uint8Array,
  [field, ...path]: readonly number[],
  visit: (message: Uint8Array) => void,
  onTheWay = { count: 0 },
): void {
  if (field === undefined) {
    visit(message);
    return;
  }
  onTheWay.count += 1;
  if (onTheWay.count > CONTAINERS_MAX) throw new RangeError("too many resources or scopes");
  readFields(message, {
    [field]: [WireType.LengthDelimited, (reader) => visitMessages(reader.bytes(), path, visit, onTheWay)],
  });
}

type Fields = Readonly<Record<number, readonly [WireType, (reader: BinaryReader) => void]>>;

function readFields(message: Uint8Array, fields: Fields): void {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields[number];
    if (field?.[0] === wireType) field[1](reader);
    else reader.skip(wireType, number);
  }
}

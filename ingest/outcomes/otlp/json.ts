// Reads OTLP in JSON: protobuf's own mapping, with enumerations as numbers and 64-bit integers as text or number
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). Unknown names are ignored, as the specification asks.
//
// Only records within the limit are looked into; what is above them is walked, and not checked member by member.

import { z } from "zod";
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

const integer = z.union([z.string().regex(/^-?\d{1,20}$/), z.number().transform(Math.trunc)]);
const nanoseconds = integer.nullish().transform((value) => BigInt(value ?? 0));

const attributes = z
  .array(
    z.object({
      key: z.string(),
      value: z
        .object({
          stringValue: z.string().nullish(),
          boolValue: z.boolean().nullish(),
          intValue: integer.transform(Number).nullish(),
          doubleValue: z.number().nullish(),
        })
        .nullish(),
    }),
  )
  .nullish();

const logRecord = z.object({
  timeUnixNano: nanoseconds,
  observedTimeUnixNano: nanoseconds,
  eventName: z.string().nullish(),
  attributes,
});

const metric = z.object({
  name: z.string(),
  sum: z
    .object({
      dataPoints: z.array(z.unknown()).nullish(),
      aggregationTemporality: z.number().nullish(),
      isMonotonic: z.boolean().nullish(),
    })
    .nullish(),
});

const dataPoint = z.object({
  startTimeUnixNano: nanoseconds,
  timeUnixNano: nanoseconds,
  asDouble: z.number().nullish(),
  asInt: integer.transform(Number).nullish(),
  attributes,
});

/** AggregationTemporality of metrics.proto. */
const DELTA = 1;
const CUMULATIVE = 2;

export const jsonTelemetry: TelemetryReader = { readLogs, readCounters };

function readLogs(body: Uint8Array): Batch<LogEvent> {
  const batch: Batch<LogEvent> = { items: [], leftOut: 0 };
  visitMembers(parseJson(body), ["resourceLogs", "scopeLogs", "logRecords"], (record) =>
    addItem(batch, () => toLogEvent(logRecord.parse(record))),
  );
  return batch;
}

function toLogEvent(record: z.output<typeof logRecord>): LogEvent {
  const read = toAttributes(record.attributes);
  const said = read.get("event.name");
  return {
    name: typeof said === "string" ? said : (record.eventName ?? ""),
    at: record.timeUnixNano || record.observedTimeUnixNano,
    attributes: read,
  };
}

function readCounters(body: Uint8Array): Batch<CounterPoint> {
  const batch: Batch<CounterPoint> = { items: [], leftOut: 0 };
  visitMembers(parseJson(body), ["resourceMetrics", "scopeMetrics", "metrics"], (member) => {
    const { name, sum } = metric.parse(member);
    const temporality = sum?.aggregationTemporality;
    if (sum?.isMonotonic !== true || (temporality !== DELTA && temporality !== CUMULATIVE)) return;
    for (const point of sum.dataPoints ?? [])
      addItem(batch, () => ({
        metric: name,
        isCumulative: temporality === CUMULATIVE,
        ...toDataPoint(dataPoint.parse(point)),
      }));
  });
  return batch;
}

function toDataPoint(point: z.output<typeof dataPoint>): Omit<CounterPoint, "metric" | "isCumulative"> {
  return {
    start: point.startTimeUnixNano,
    at: point.timeUnixNano,
    value: point.asInt ?? point.asDouble ?? 0,
    attributes: toAttributes(point.attributes),
  };
}

function toAttributes(list: z.output<typeof attributes>): Attributes {
  const read = new Map<string, AttributeValue>();
  for (const { key, value } of (list ?? []).slice(0, ATTRIBUTES_MAX)) {
    const said = value?.stringValue ?? value?.boolValue ?? value?.intValue ?? value?.doubleValue;
    const isTooLong = [key, said].some((text) => typeof text === "string" && text.length > VALUE_CHARS_MAX);
    if (said !== null && said !== undefined && !isTooLong) read.set(key, said);
  }
  return read;
}

function parseJson(body: Uint8Array): unknown {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
}

const anyObject = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
const list = z.array(z.unknown()).nullish();

/**
 * Visits the members that lie behind a path of lists.
 * @throws RangeError for more members on the way than an exporter has reason to make
 */
function visitMembers(
  parent: unknown,
  [name, ...path]: readonly string[],
  visit: (member: unknown) => void,
  onTheWay = { count: 0 },
): void {
  if (name === undefined) {
    visit(parent);
    return;
  }
  onTheWay.count += 1;
  if (onTheWay.count > CONTAINERS_MAX) throw new RangeError("too many resources or scopes");
  const members = list.parse(anyObject.parse(parent)[name]) ?? [];
  for (const member of members) visitMembers(member, path, visit, onTheWay);
}

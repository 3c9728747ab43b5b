// The spool: how much of it waits for the sink, and for how long the oldest record has been waiting.

import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readIfPresent } from "../../schemas/data-directory.ts";
import { spoolRecordSchema } from "../../schemas/spool-record.ts";
import { decodeFrame, HEADER_BYTES, PAYLOAD_BYTES_MAX, segmentName, segmentNumber } from "../spool/format.ts";
import { fault, ok, warning, type Deployment, type Finding } from "./finding.ts";

/** The sink looks every 100 ms. Minutes mean that it is behind; a quarter of an hour, that it stands still. */
const WAITING_MS_LOW = 60_000;
const WAITING_MS_MAX = 15 * 60_000;

const positionSchema = z.object({ segment: z.int(), offset: z.int() });

interface Backlog {
  bytes: number;
  /** When the call began whose record is next; undefined where none waits. */
  oldestAtMs: number | undefined;
}

export function checkSpool({ config: { dataDir }, now }: Deployment): Finding[] {
  const spoolDir = join(dataDir, "spool");
  if (!statSync(spoolDir, { throwIfNoEntry: false })) return [ok("No gateway has written anything yet.")];
  const backlogs = readdirSync(spoolDir)
    .filter((name) => !name.startsWith("."))
    .map((name) => readBacklog(join(spoolDir, name)));
  const bytes = backlogs.reduce((sum, backlog) => sum + backlog.bytes, 0);
  const oldestAtMs = Math.min(...backlogs.map((backlog) => backlog.oldestAtMs ?? Number.POSITIVE_INFINITY));
  const waitingMs = now() - oldestAtMs;
  const size = `${(bytes / 1024 ** 2).toFixed(1)} MB`;
  if (waitingMs < WAITING_MS_LOW)
    return [ok(`${backlogs.length} gateways write to it, and the sink keeps up.`)];
  const sentence = `${size} wait for the sink, the oldest record since ${new Date(oldestAtMs).toISOString()}.`;
  const remedy =
    "Start Assay if it does not run. Else look at its log for what keeps ClickHouse from taking them; nothing is lost meanwhile.";
  return [waitingMs < WAITING_MS_MAX ? warning(sentence, remedy) : fault(sentence, remedy)];
}

/** One writer's folder, from where the sink has got to. */
function readBacklog(folder: string): Backlog {
  const content = readIfPresent(join(folder, "position.json"));
  const position =
    content === undefined ? { segment: 1, offset: 0 } : positionSchema.parse(JSON.parse(content));
  const segments = readdirSync(folder)
    .map(segmentNumber)
    .filter((segment) => segment !== undefined)
    .filter((segment) => segment >= position.segment);
  let bytes = 0;
  let oldestAtMs: number | undefined;
  for (const segment of segments.toSorted((a, b) => a - b)) {
    const file = join(folder, segmentName(segment));
    const offset = segment === position.segment ? position.offset : 0;
    bytes += Math.max(0, (statSync(file, { throwIfNoEntry: false })?.size ?? 0) - offset);
    oldestAtMs ??= readTime(file, offset);
  }
  return { bytes, oldestAtMs };
}

/** When the call of the record at `offset` began; undefined where there is no whole record. */
function readTime(file: string, offset: number): number | undefined {
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.allocUnsafe(HEADER_BYTES + PAYLOAD_BYTES_MAX);
    const frame = decodeFrame(bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, offset)), 0);
    if (frame.state !== "whole") return undefined;
    const record = spoolRecordSchema.safeParse(JSON.parse(frame.payload)).data;
    if (!record) return undefined;
    return Date.parse(record.record === "outcome" ? record.outcome.occurred_at : record.event.started_at);
  } finally {
    closeSync(handle);
  }
}

// Takes the calls of a person's local transcripts into ClickHouse.
//
// Each call is stored once, however many files tell of it, in whatever order, and however often they are imported: of its copies the
// best stands (`transcript.ts`: rank). A call of which there is another record, by the gateway or by another import, is left to that. A
// call that was stored by an import before is stored again only when its transcript has learnt more since: answers that still came.
//
// Held are the calls of one file, those of one batch, and of every call of this import its id and rank.

import { AppError } from "../../schemas/app-error.ts";
import { callFeaturesSchema } from "../../schemas/call-features.ts";
import type { ClickHouseStore } from "../../schemas/clickhouse/store.ts";
import type { CommandIo } from "../../schemas/command.ts";
import { readIfPresent } from "../../schemas/data-directory.ts";
import type { TokenEvent } from "../../schemas/token-event.ts";
import { isRecord } from "../gateway/json-scan.ts";
import { createErasedPeople } from "../sink/erased-people.ts";
import { toFeatures } from "./event-line.ts";
import { readLines, TOO_LONG } from "./lines.ts";
import type { ImportedPerson } from "./people-by-email.ts";
import { findStoredCalls, type StoredCall, type StoredCalls } from "./recorded-calls.ts";
import { storeCalls, type ImportedCall, type StoreOptions } from "./store-calls.ts";
import type { DescribeContent } from "./transcript-features.ts";
import { isBetter, type JsonLine, type TranscriptCall, type TranscriptFormat } from "./transcript.ts";

export const BATCH_CALLS_MAX = 2000;
/** Refused lines beyond this are counted, no longer told one by one. */
const REFUSALS_TOLD_MAX = 100;

export interface TranscriptSummary {
  files: number;
  imported: number;
  /** Stored by an import before. */
  repeated: number;
  /** Recorded by the gateway, or by an import of another kind. */
  known: number;
  /** Other copies of calls that are counted above. */
  copies: number;
  /** Of a person who was erased. */
  erased: number;
  refused: number;
  /** `line`: of a file that could not be read further, the first that is missing. */
  refusals: { file: string; line: number; reason: string }[];
}

export interface TranscriptOptions extends StoreOptions {
  person: ImportedPerson;
  describe: DescribeContent;
  /** Calls that started before are left out. */
  since: Date | undefined;
  input: Pick<CommandIo, "cwd" | "stdin">;
  signal: AbortSignal;
  /** Told after each file. */
  onProgress: (summary: TranscriptSummary) => void;
}

/**
 * @param files absolute paths
 * @throws AppError of the store; what was imported before stays
 */
export async function importTranscripts(
  clickhouse: ClickHouseStore,
  format: TranscriptFormat,
  files: readonly string[],
  options: TranscriptOptions,
): Promise<TranscriptSummary> {
  const summary: TranscriptSummary = {
    files: 0,
    imported: 0,
    repeated: 0,
    known: 0,
    copies: 0,
    erased: 0,
    refused: 0,
    refusals: [],
  };
  const sinceMs = options.since?.getTime() ?? 0;
  const importer = createImporter(clickhouse, summary, options);
  for (const file of files) {
    for (const call of await readTranscript(file, format, summary, options)) {
      if (Date.parse(call.event.started_at) >= sinceMs) await importer.add(call);
    }
    summary.files++;
    options.onProgress(summary);
  }
  await importer.flush();
  return summary;
}

async function readTranscript(
  file: string,
  format: TranscriptFormat,
  summary: TranscriptSummary,
  { input, signal, describe }: TranscriptOptions,
): Promise<readonly TranscriptCall[]> {
  const reader = format.createReader(describe, readBeside(format.besideOf?.(file)));
  const refuse = (line: number, reason: string): void => {
    summary.refused++;
    if (summary.refusals.length < REFUSALS_TOLD_MAX) summary.refusals.push({ file, line, reason });
  };
  let line = 0;
  try {
    for await (const { number, text } of readLines(file, input)) {
      signal.throwIfAborted();
      line = number;
      const parsed = text === undefined ? TOO_LONG : parseLine(text);
      if (typeof parsed === "string") refuse(line, parsed);
      else reader.read(parsed);
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "bad_request") throw error;
    refuse(line + 1, error.message);
  }
  return reader.calls();
}

/** Nothing is counted by it, so one that can't be read is as good as none. */
function readBeside(file: string | undefined): JsonLine {
  const parsed = parseLine((file === undefined ? undefined : readIfPresent(file)) ?? "{}");
  return typeof parsed === "string" ? {} : parsed;
}

/** The line, or why it is none. What JSON.parse has to say would repeat some of its text. */
function parseLine(text: string): JsonLine | string {
  try {
    const line: unknown = JSON.parse(text);
    return isRecord(line) ? line : "not a JSON object";
  } catch {
    return "not JSON";
  }
}

type Outcome = "imported" | "repeated" | "known" | "erased";

/** A call that this import has met, and what became of it. */
interface MetCall {
  rank: TranscriptCall["rank"];
  outcome?: Outcome;
  /** Where it lies, whoever put it there: a row takes its place only with the same time. */
  row?: Pick<StoredCall, "started_at" | "row_version"> | undefined;
}

function createImporter(
  clickhouse: ClickHouseStore,
  summary: TranscriptSummary,
  options: TranscriptOptions,
): { add(call: TranscriptCall): Promise<void>; flush(): Promise<void> } {
  const erasedPeople = createErasedPeople(clickhouse);
  const met = new Map<string, MetCall>();
  let batch = new Map<string, { call: TranscriptCall; met: MetCall }>();

  function settle(known: MetCall, outcome: Outcome): void {
    if (known.outcome !== undefined) summary[known.outcome]--;
    known.outcome = outcome;
    summary[outcome]++;
  }

  async function flush(): Promise<void> {
    const waiting = [...batch.values()];
    batch = new Map();
    if (waiting.length === 0) return;
    await erasedPeople.refresh();
    const isErased = erasedPeople.isErased(options.person.personId);
    const stored = await findStoredCalls(
      clickhouse,
      waiting.map(({ call }) => call.event),
    );
    const calls: ImportedCall[] = [];
    for (const { call, met: known } of waiting) {
      const before = stored.get(call.event.event_id);
      const outcome = isErased ? "erased" : decide(call.event, known, before, stored);
      settle(known, outcome);
      if (outcome !== "imported") continue;
      known.row ??= before;
      calls.push(toImportedCall(call, known, options));
    }
    await storeCalls(clickhouse, calls, options);
  }

  return {
    async add(call) {
      const id = call.event.event_id;
      const known = met.get(id) ?? { rank: call.rank };
      if (met.has(id)) {
        summary.copies++;
        if (!isBetter(call.rank, known.rank)) return;
        known.rank = call.rank;
      }
      met.set(id, known);
      batch.set(id, { call, met: known });
      if (batch.size >= BATCH_CALLS_MAX) await flush();
    },
    flush,
  };
}

function decide(
  event: TokenEvent,
  known: MetCall,
  before: StoredCall | undefined,
  stored: StoredCalls,
): Outcome {
  // What this import itself has stored makes way for a better copy.
  if (known.outcome === "imported") return "imported";
  if (known.outcome === "known" || stored.isRecordedElsewhere(event)) return "known";
  return before && !hasLearnt(event, before) ? "repeated" : "imported";
}

/** Whether a transcript now tells more of a call than when it was stored: its answer was still coming then. */
function hasLearnt(
  event: TokenEvent,
  { usage_source: before, output_tokens: tokensBefore }: StoredCall,
): boolean {
  if (before === "reported") return false;
  return event.usage_source === "reported" || (event.output_tokens ?? 0) > (tokensBefore ?? 0);
}

function toImportedCall(call: TranscriptCall, known: MetCall, { person }: TranscriptOptions): ImportedCall {
  const startedAt = known.row?.started_at ?? call.event.started_at;
  const event = { ...call.event, ...person.fieldsAt(startedAt), started_at: startedAt };
  const rowVersion = known.row?.row_version;
  known.row ??= { started_at: startedAt, row_version: 1 };
  return {
    event,
    features: callFeaturesSchema.parse(toFeatures(call.features, event)),
    ...(rowVersion === undefined ? {} : { rowVersion }),
  };
}

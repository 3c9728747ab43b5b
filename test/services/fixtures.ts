// Provider answers for tests, as they stood on the wire: the recorded ones of `../shared/fixtures`, read in place, and our own.
//
// Always holds: `frames` joined are `body`; every recorded file is either among the fixtures or among the exclusions with a
// reason; the order is that of the file names. Machines without the recordings have `fixturesAvailable` false and empty lists.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { readCassette } from "./fixtures-cassette.ts";
import { reasonToExclude } from "./fixtures-exclusions.ts";
import { frameJsonLines, framingOf, toFrames } from "./fixtures-framing.ts";
import { ownFixtures } from "./fixtures-own.ts";
import { classifyAnswer, guessStatus, providerOfFile, usualPath, type Shape } from "./fixtures-shape.ts";
import { CONTENT_TYPES, type Fixture, type Framing } from "./fixtures-types.ts";

const RECORDED_ROOT = join(import.meta.dirname, "..", "..", "..", "shared", "fixtures");

/** Whether this machine has the recordings. */
export const fixturesAvailable = existsSync(join(RECORDED_ROOT, "MANIFEST.tsv"));

export interface Exclusion {
  file: string;
  reason: string;
}

/** All recorded provider answers, about 640. Reads them anew: a second. */
export function recordedFixtures(): Fixture[] {
  return readRecordings().fixtures;
}

/** The recorded files and cassette entries that are no provider's answer to an HTTP call, each with the reason. */
export function excludedRecordings(): Exclusion[] {
  return readRecordings().excluded;
}

/** One fixture by its `file`, ours before the recorded; undefined where there is none. */
export function findFixture(file: string): Fixture | undefined {
  const own = ownFixtures().find((fixture) => fixture.file === file);
  if (own) return own;
  const onDisk = file.replace(/#\d+$/, "");
  if (!listRecordings().includes(onDisk) || reasonToExclude(onDisk) !== undefined) return undefined;
  return readRecording(onDisk).find((fixture) => fixture.file === file);
}

/** The paths of all files below the recordings' folder, with `/`. */
export function listRecordings(): string[] {
  if (!fixturesAvailable) return [];
  return readdirSync(RECORDED_ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(RECORDED_ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

function readRecordings(): { fixtures: Fixture[]; excluded: Exclusion[] } {
  const fixtures: Fixture[] = [];
  const excluded: Exclusion[] = [];
  for (const file of listRecordings()) {
    const reason = reasonToExclude(file);
    if (reason !== undefined) {
      excluded.push({ file, reason });
      continue;
    }
    for (const fixture of readRecording(file)) {
      const entryReason = reasonToExclude(fixture.file, fixture.provider);
      if (entryReason === undefined) fixtures.push(fixture);
      else excluded.push({ file: fixture.file, reason: entryReason });
    }
  }
  return { fixtures, excluded };
}

function readRecording(file: string): Fixture[] {
  const content = readFileSync(join(RECORDED_ROOT, file));
  if (file.endsWith(".yaml")) return readCassette(file, content);
  return [file.endsWith(".chunks.txt") ? readJsonLines(file, content) : readBody(file, content)];
}

/** Events without their framing, one JSON document a line. */
function readJsonLines(file: string, content: Buffer): Fixture {
  const provider = providerOfFile(file);
  const shape = classifyAnswer(content, { file, provider, framing: "sse" });
  const framing = shape.dialect === "bedrock" ? "eventstream" : "sse";
  const lines = content.toString("utf8").split("\n").filter(Boolean);
  return assemble({ file, provider, framing, frames: frameJsonLines(lines, shape), status: 200 }, shape);
}

function readBody(file: string, body: Buffer): Fixture {
  const provider = providerOfFile(file);
  const framing = framingOf(file, body);
  const shape = classifyAnswer(body, { file, provider, framing });
  return assemble(
    { file, provider, framing, frames: toFrames(body, framing), status: guessStatus(body) },
    shape,
  );
}

interface Parts {
  file: string;
  provider: string;
  framing: Framing;
  frames: readonly Buffer[];
  status: number;
}

function assemble(parts: Parts, shape: Shape): Fixture {
  return {
    ...parts,
    dialect: shape.dialect,
    api: shape.api,
    request: { method: "POST", path: usualPath(shape, parts.framing, parts.file), body: undefined },
    headers: [["content-type", CONTENT_TYPES[parts.framing]]],
    body: Buffer.concat(parts.frames),
  };
}

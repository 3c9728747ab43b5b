// Runs `assay doctor --json` as main.ts does, and says what it found.

import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "vitest";
import { doctorCommand } from "../../ingest/commands/doctor.ts";
import type { CheckedFinding } from "../../ingest/doctor/checks.ts";
import type { Stores } from "../../schemas/command.ts";
import { readConfig } from "../../schemas/config.ts";

export interface DoctorReport {
  exitCode: number;
  faults: number;
  findings: CheckedFinding[];
  /** The findings of one check that are not as they should be: `fault`, `warning`, or nothing. */
  of(check: string): string;
}

export interface Examined {
  settings: Readonly<Record<string, string>>;
  stores?: Stores;
  /** How much later than it is it seems to be. */
  laterMs?: number;
}

export async function runDoctor({ settings, stores, laterMs = 0 }: Examined): Promise<DoctorReport> {
  const config = readConfig(settings);
  const stdout = new PassThrough();
  const io = {
    stdin: Readable.from([]),
    stdout,
    stderr: new PassThrough(),
    cwd: config.dataDir,
    now: () => new Date(Date.now() + laterMs),
    signal: new AbortController().signal,
  };
  const args = { positionals: [], values: { json: true } };
  const exitCode = await doctorCommand.run(args, io, stores, config);
  stdout.end();
  const { faults, findings }: Pick<DoctorReport, "faults" | "findings"> = JSON.parse(await text(stdout));
  for (const { state, remedy } of findings) expect(remedy === undefined).toBe(state === "ok");
  const of = (check: string): string =>
    findings
      .filter((finding) => finding.check === check && finding.state !== "ok")
      .map(({ state, sentence }) => `${state}: ${sentence}`)
      .join("\n");
  return { exitCode, faults, findings, of };
}

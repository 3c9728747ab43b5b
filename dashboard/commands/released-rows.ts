// What `assay export costs` and `assay export focus` have in common: the releases of a span, as CSV. Neither is about a person, so that
// neither needs a reason, and nobody's audit has it.

import type { Stores, CommandArguments, CommandIo } from "../../schemas/command.ts";
import type { Config } from "../../schemas/config.ts";
import { EXIT, refuseUsage, type ExitCode } from "../../schemas/command.ts";
import type { Release } from "../../schemas/organisation-api.ts";
import { organisationParam } from "../server/access/scope.ts";
import { toCsvLine } from "../server/export/csv.ts";
import { listReleases } from "../server/organisation/releases.ts";
import { send } from "./export-span.ts";
import { parseTime } from "./time-options.ts";

export const RELEASED_USAGE = "[--from T] [--to T] [--format csv]";
export const RELEASED_OPTIONS = {
  from: { type: "string", help: "releases that begin at T or later: 2026-11-20" },
  to: { type: "string", help: "releases that have ended before T" },
  format: { type: "string", help: "csv" },
} as const;

const BEGINNING = "2000-01-01";

interface Invocation {
  values: CommandArguments["values"];
  io: CommandIo;
  stores: Stores;
  config: Config;
}

export async function writeReleased(
  { values, io, stores, config }: Invocation,
  columns: readonly string[],
  toRows: (release: Release) => readonly Readonly<Record<string, unknown>>[],
): Promise<ExitCode> {
  const now = io.now();
  const from = parseTime(values["from"] ?? BEGINNING);
  const to = parseTime(values["to"] ?? now.toISOString());
  if (!from || !to || from >= to)
    return refuseUsage(io, "--from and --to take times such as 2026-11-20T09:30:00Z, the earlier one first.");
  if ((values["format"] ?? "csv") !== "csv")
    return refuseUsage(io, "Releases are written as CSV: --format csv.");
  const scope = organisationParam.parse(config.minGroup);
  const releases = (await listReleases(stores, { scope, config, now })).filter(
    (release) => new Date(release.from) >= from && new Date(release.to) < to,
  );
  const lines = [
    toCsvLine(columns),
    ...releases.flatMap((release) =>
      toRows(release).map((row) => toCsvLine(columns.map((name) => row[name]))),
    ),
  ];
  await send(toAsync(lines), io);
  io.stderr.write(
    releases.length === 0
      ? "Nothing was released in this span: figures come for four whole weeks at a time, and of enough people.\n"
      : `${releases.length} ${releases.length === 1 ? "release of four weeks was" : "releases of four weeks were"} written.\n`,
  );
  return EXIT.done;
}

async function* toAsync(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

// `assay import events FILE…`

import { AppError } from "../../schemas/app-error.ts";
import { defineCommand, EXIT, type StoreCommand } from "../../schemas/command.ts";
import { importEvents, type ImportLine, type ImportSummary } from "../import/import-events.ts";
import { readLines } from "../import/lines.ts";
import { createPricer } from "../sink/price.ts";

export const importEventsCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "import events",
  summary: "Take token events from JSONL files into the store",
  usage: "FILE…   (- for standard input; .gz is unpacked)",
  options: {},
  async run({ positionals, values }, io, stores, config) {
    if (positionals.length === 0)
      throw new AppError("bad_request", "Name at least one file, or - for standard input.");

    async function* lines(): AsyncGenerator<ImportLine> {
      for (const file of positionals) {
        for await (const line of readLines(file, io)) {
          io.signal.throwIfAborted();
          yield { file, ...line };
        }
      }
    }

    const summary = await importEvents(stores, lines(), {
      price: createPricer(config.prices),
      retentionDays: config.retentionDays,
      now: io.now,
      onProgress: ({ imported }) => io.stderr.write(`${imported} events imported\n`),
    });
    if (values["json"] === true) io.stdout.write(`${JSON.stringify(summary)}\n`);
    else io.stderr.write(toText(summary));
    return summary.refused === 0 ? EXIT.done : EXIT.failed;
  },
});

function toText({
  imported,
  known,
  erased,
  refused,
  refusals,
  unknown_fields: unknownFields,
}: ImportSummary): string {
  const lines = refusals.map(
    ({ file, line, reason }) => `${file}:${line}: ${reason.replaceAll(/\s+/g, " ")}`,
  );
  if (refused > refusals.length) lines.push(`… and ${refused - refusals.length} more`);
  const fields = Object.entries(unknownFields).map(([name, count]) => `${name} (${count})`);
  if (fields.length > 0)
    lines.push(`Fields that this version does not know were left out: ${fields.join(", ")}`);
  lines.push(
    `${imported} events imported, ${known} already recorded by the gateway, ${erased} of erased people left out, ` +
      `${refused} lines refused.`,
  );
  return `${lines.join("\n")}\n`;
}

// `assay import events FILE…`

import { defineCommand, EXIT, type StoreCommand } from "../../schemas/command.ts";
import { importEvents, type ImportSummary } from "../import/import-events.ts";
import { toText } from "../import/line-batches.ts";
import { readFiles } from "../import/lines.ts";
import { createPricer } from "../sink/price.ts";

export const importEventsCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "import events",
  summary: "Take token events from JSONL files into the store",
  usage: "FILE…   (- for standard input; .gz is unpacked)",
  options: {},
  async run({ positionals, values }, io, stores, config) {
    const summary = await importEvents(stores, readFiles(positionals, io), {
      price: createPricer(config.prices),
      retentionDays: config.retentionDays,
      now: io.now,
      onProgress: ({ imported }) => io.stderr.write(`${imported} events imported\n`),
    });
    if (values["json"] === true) io.stdout.write(`${JSON.stringify(summary)}\n`);
    else io.stderr.write(toText(summary, resultOf(summary)));
    return summary.refused === 0 ? EXIT.done : EXIT.failed;
  },
});

function resultOf({ imported, known, erased, refused }: ImportSummary): string {
  return (
    `${imported} events imported, ${known} already recorded by the gateway, ${erased} of erased people left out, ` +
    `${refused} lines refused.`
  );
}

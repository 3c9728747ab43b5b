// `assay import outcomes FILE…`

import { defineCommand, EXIT, type StoreCommand } from "../../schemas/command.ts";
import { importOutcomes, type OutcomesSummary } from "../import/import-outcomes.ts";
import { toText } from "../import/line-batches.ts";
import { readFiles } from "../import/lines.ts";

export const importOutcomesCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "import outcomes",
  summary: "Take outcomes from JSONL files into the store",
  usage: "FILE…   (- for standard input; .gz is unpacked)",
  options: {},
  async run({ positionals, values }, io, stores, { retentionDays, method }) {
    const summary = await importOutcomes(stores, readFiles(positionals, io), {
      retentionDays,
      method,
      now: io.now,
      onProgress: ({ imported }) => io.stderr.write(`${imported} outcomes imported\n`),
    });
    if (values["json"] === true) io.stdout.write(`${JSON.stringify(summary)}\n`);
    else io.stderr.write(toText(summary, resultOf(summary)));
    return summary.refused === 0 ? EXIT.done : EXIT.failed;
  },
});

function resultOf({ imported, erased, refused }: OutcomesSummary): string {
  return `${imported} outcomes imported, ${erased} of erased people left out, ${refused} lines refused.`;
}

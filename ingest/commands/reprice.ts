// `assay reprice --from T`: prices stored calls again, with the price table and the ASSAY_PRICES of today.

import { z } from "zod";
import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { repriceCalls, type RepriceSummary } from "../pricing/reprice.ts";
import { toPhrase } from "../pricing/unpriced-models.ts";
import { createPricer } from "../sink/price.ts";

const CALLS_PER_PROGRESS_LINE = 20_000;

export const repriceCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "reprice",
  summary: "Price stored calls again, with the prices that hold now",
  usage: "--from T [--to T]",
  options: {
    from: {
      type: "string",
      help: "calls that started at T or later: 2026-11-20 (UTC) or 2026-11-20T09:30:00Z",
    },
    to: { type: "string", help: "calls that started before T; without it, before now" },
  },
  async run({ values }, io, stores, config) {
    const from = parseTime(values["from"]);
    const to = values["to"] === undefined ? io.now() : parseTime(values["to"]);
    if (from === undefined || to === undefined)
      return refuseUsage(io, "--from and --to take a time such as 2026-11-20 or 2026-11-20T09:30:00Z.");
    if (from >= to)
      return refuseUsage(
        io,
        `--from ${from.toISOString()} is not before ${to.toISOString()}; nothing would be priced.`,
      );
    let toldCalls = 0;
    const summary = await repriceCalls(stores.clickhouse, {
      from,
      to,
      price: createPricer(config.prices),
      onProgress({ calls, changed }) {
        if (calls - toldCalls < CALLS_PER_PROGRESS_LINE) return;
        toldCalls = calls;
        io.stderr.write(`${calls} calls looked at, ${changed} priced anew\n`);
      },
      signal: io.signal,
    });
    io.stderr.write(toText(summary));
    if (values["json"] === true) io.stdout.write(`${JSON.stringify(summary)}\n`);
    return EXIT.done;
  },
});

const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).transform((given) => new Date(given));

function parseTime(given: string | boolean | undefined): Date | undefined {
  return time.safeParse(given).data;
}

function toText({ calls, changed, unpriced, unpriced_models: models }: RepriceSummary): string {
  const done = `${calls} calls looked at: ${changed} priced anew, ${unpriced} without a price.\n`;
  return models.length === 0 ? done : `${done}Without a price: ${toPhrase(models)}\n`;
}

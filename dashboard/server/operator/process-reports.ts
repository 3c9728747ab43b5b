// What the processes of this machine say of themselves, read where everybody else reads it: on the metrics port. Under `assay start` the
// parent answers there for all of them. A dashboard that runs alone answers there for itself, and knows nothing of gateways and sinks.
//
// Always holds: nobody who answers is no report, and so unknown; it is never taken for well.

import { z } from "zod";
import type { Config } from "../../../schemas/config.ts";
import { toMetricsUrl } from "../http/addresses.ts";

const ANSWER_MS_MAX = 4000;

const partSchema = z.looseObject({
  state: z.enum(["ok", "impaired", "failed"]),
  reason: z.string().optional(),
});
export type Part = z.infer<typeof partSchema>;

const readySchema = z.object({
  processes: z.record(
    z.string(),
    z.object({ status: z.enum(["ready", "degraded", "not ready"]), parts: z.record(z.string(), partSchema) }),
  ),
});
export type Processes = z.infer<typeof readySchema>["processes"];

/** One line of a metric: its name, its labels, its value. */
export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface ProcessReports {
  processes: Processes;
  samples: readonly Sample[];
}

/** Undefined where nobody answers. */
export async function readProcessReports(config: Config): Promise<ProcessReports | undefined> {
  const url = toMetricsUrl(config);
  if (url === undefined) return undefined;
  try {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const [ready, metrics] = await Promise.all(
      ["/readyz", "/metrics"].map(async (path) => (await fetch(`${url}${path}`, { signal })).text()),
    );
    const { processes } = readySchema.parse(JSON.parse(ready ?? ""));
    return { processes, samples: parseSamples(metrics ?? "") };
  } catch {
    // A port that is closed, or that somebody else's server has: whatever it is, nothing is known.
    return undefined;
  }
}

const SAMPLE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
const LABEL = /(?<name>\w+)="(?<value>(?:[^"\\]|\\.)*)"/g;

/** Prometheus' text format, as far as our own processes write it. */
export function parseSamples(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const { name, labels = "", value } = SAMPLE.exec(line)?.groups ?? {};
    if (name === undefined || value === undefined) return [];
    const named = [...labels.matchAll(LABEL)].map(({ groups }) => [
      groups?.["name"] ?? "",
      groups?.["value"] ?? "",
    ]);
    return [{ name, labels: Object.fromEntries(named), value: Number(value) }];
  });
}

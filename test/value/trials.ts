// Runs of agents of which it is known what they cost and whether they solved their task: SWE-bench Verified by one agent and model,
// and Terminal-Bench by two agents with three models. README.md beside the data says where they come from.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import type { Random } from "../simulation/random.ts";

export const DATA_DIR = join(import.meta.dirname, "../../../shared/data");

export interface Trial {
  /** What was worked on, or by whom: trials of one context are more alike than others. */
  context: string;
  task: string;
  provider: string;
  model: string;
  outputUsd: number;
  costUsd: number;
  isResolved: boolean;
}

/** USD a million tokens, as the price table has them: so a cost can be told in output tokens alone. By the data's name of the model. */
const GEMINI = { provider: "gemini", model: "gemini-3-pro-preview", outputUsd: 12 };
const BENCHMARKED: ReadonlyMap<
  string,
  { provider: string; model: string; inputUsd: number; outputUsd: number }
> = new Map([
  [
    "claude-4-sonnet",
    { provider: "anthropic", model: "claude-sonnet-4-20250514", inputUsd: 3, outputUsd: 15 },
  ],
  ["claude-4.1-opus", { provider: "anthropic", model: "claude-opus-4-1", inputUsd: 15, outputUsd: 75 }],
  [
    "qwen-3-coder-480B",
    { provider: "openrouter", model: "qwen/qwen3-coder", inputUsd: 0.22, outputUsd: 1.8 },
  ],
]);

const number = z.coerce.number();

/** Those of models of the medium tier. */
export function readTrials(dataDir = DATA_DIR): Trial[] {
  return [...readIssues(dataDir), ...readTerminalTrials(["claude-4-sonnet"], dataDir)];
}

function readIssues(dataDir: string): Trial[] {
  const issues = readRows(
    join(dataDir, "mini_swe_gemini3/runs.csv"),
    z.object({ run_id: z.string(), project: z.string(), resolved: number, cost_usd: number }),
  );
  return issues
    .filter(({ cost_usd }) => cost_usd > 0)
    .map((row) => ({
      ...GEMINI,
      context: row.project,
      task: row.run_id,
      costUsd: row.cost_usd,
      isResolved: row.resolved === 1,
    }));
}

/** @param models as the data name them */
export function readTerminalTrials(models: readonly string[], dataDir = DATA_DIR): Trial[] {
  const rows = readRows(
    join(dataDir, "terminal_bench/runs.csv"),
    z.object({
      agent: z.string(),
      model_dir: z.string(),
      task_id: z.string(),
      is_resolved: z.string(),
      input_tokens: number,
      output_tokens: number,
    }),
  );
  return rows.flatMap((row) => {
    const known = BENCHMARKED.get(row.model_dir);
    if (known === undefined || !models.includes(row.model_dir)) return [];
    if (row.is_resolved === "" || row.input_tokens <= 0) return [];
    const { inputUsd, ...model } = known;
    return [
      {
        ...model,
        context: `terminal-bench ${row.agent}`,
        task: row.task_id,
        costUsd: (row.input_tokens * inputUsd + row.output_tokens * model.outputUsd) / 1e6,
        isResolved: row.is_resolved === "True",
      },
    ];
  });
}

function readRows<Row>(file: string, schema: z.ZodType<Row>): Row[] {
  const records: unknown[] = parse(readFileSync(file, "utf8"), { columns: true });
  return records.map((record) => schema.parse(record));
}

/** Trials of one context, of whole tasks: what one person might have worked on for some weeks. */
export function toGroups(trials: readonly Trial[], size: number, random: Random): Trial[][] {
  return [...Map.groupBy(trials, ({ context }) => context).values()].flatMap((ofContext) => {
    const tasks = shuffle([...Map.groupBy(ofContext, ({ task }) => task).values()], random);
    const count = Math.max(1, Math.round(ofContext.length / size));
    return Array.from({ length: count }, (_, at) =>
      tasks.slice((at * tasks.length) / count, ((at + 1) * tasks.length) / count).flat(),
    );
  });
}

export function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, key: random.uniform() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

// The numbers of the method as tables in Markdown, for docs/method.md: `npm run schema` writes them there from the schemas, and a
// test holds the two together.

import { z } from "zod";
import { METHOD_PARTS } from "./method.ts";
import { OUTCOME_WEIGHTS } from "./method/outcome-weights.ts";

/** Between these lines of docs/method.md the tables stand. */
export const TABLES_BEGIN = "<!-- numbers: written by `npm run schema` -->";
export const TABLES_END = "<!-- end of the numbers -->";

const PARTS = ["credit", "outcomes", "yield", "signals", "patterns", "targets"] as const;

const TITLES: Readonly<Record<keyof typeof METHOD_PARTS, string>> = {
  credit: "Credit",
  outcomes: "Outcomes",
  yield: "Yield and earned volume",
  signals: "Signals",
  patterns: "Patterns",
  targets: "Targets and meaningful use",
};

const propertySchema = z.object({ description: z.string(), default: z.unknown() });

/** @returns docs/method.md with its tables as the numbers are now */
export function renderMethod(document: string): string {
  const [before, rest] = document.split(TABLES_BEGIN);
  const after = rest?.split(TABLES_END)[1];
  if (before === undefined || after === undefined) throw new RangeError("docs/method.md has lost its marks");
  return `${before}${TABLES_BEGIN}\n\n${renderTables()}\n${renderWeights()}\n${TABLES_END}${after}`;
}

function renderTables(): string {
  return PARTS.map((part) => {
    const schema = METHOD_PARTS[part];
    const { properties } = z.toJSONSchema(schema, { io: "input" });
    const rows = Object.entries(properties ?? {}).map(([name, property]) => {
      const { description, default: value } = propertySchema.parse(property);
      return `| \`${part}.${name}\` | ${JSON.stringify(value)} | ${description} |`;
    });
    return `### ${TITLES[part]}\n\n| Number | Default | Why |\n|---|---|---|\n${rows.join("\n")}\n`;
  }).join("\n");
}

function renderWeights(): string {
  const rows = Object.entries(OUTCOME_WEIGHTS).map(
    ([kind, { points, reason }]) => `| \`${kind}\` | ${points} | ${reason} |`,
  );
  return `### Value points\n\n| Outcome | Points | Why |\n|---|---|---|\n${rows.join("\n")}\n`;
}

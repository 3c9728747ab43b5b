// Where the cost went: the rows of Model, Client, Class and Kind of call.
//
// Always holds: shares are of the page's total, never of the rows that happen to be listed; what does not fit in the list
// is one last row, "others".

import type { Measures } from "../../../schemas/dashboard-api.ts";
import { TOKEN_FIELDS } from "../../../schemas/token-event.ts";
import { toAmounts } from "./amounts.ts";
import type { Dimension, Volume } from "./usage-view.ts";

export type Slice = Measures & { name: string };

export interface SliceRow {
  name: string;
  isOthers: boolean;
  /** Of the chosen volume, in US dollars; null where the cost of none of its calls is known. */
  costUsd: number | null;
  tokens: number | null;
  calls: number;
  /** Of the total of the chosen volume, from 0 to 1. */
  share: number | null;
  /** Lengths from 0 to 1, of the longest row's whole cost. */
  creditedLength: number;
  uncreditedLength: number;
}

const ROWS_MAX = 8;

const KIND_NAMES: Readonly<Record<string, string>> = {
  main: "Main",
  subagent: "Sub-agent",
  auxiliary: "Auxiliary",
  count_tokens: "Token count",
  embedding: "Embedding",
  other: "Other",
};

/** As their makers write them; any other is called as its events call it. */
const CLIENT_NAMES: Readonly<Record<string, string>> = {
  "": "Unknown client",
  unknown: "Unknown client",
  "claude-code": "Claude Code",
  codex: "Codex",
  "gemini-cli": "Gemini CLI",
  openclaw: "OpenClaw",
  cline: "Cline",
  copilot: "GitHub Copilot",
  cursor: "Cursor",
  "openai-sdk": "OpenAI SDK",
  "openai-agents": "OpenAI Agents SDK",
  "anthropic-sdk": "Anthropic SDK",
  "google-genai-sdk": "Google Gen AI SDK",
  "vercel-ai-sdk": "Vercel AI SDK",
  langchain: "LangChain",
};

/** How the rows of each dimension are called; what the client did not declare has an empty name. */
const NAMERS: Readonly<Record<Dimension, (name: string) => string>> = {
  model: (name) => (name === "" ? "Unknown model" : name),
  client: nameClient,
  class: nameClass,
  kind: nameKind,
};

export function toSliceRows(
  slices: readonly Slice[],
  total: Measures,
  { dimension, volume }: { dimension: Dimension; volume: Volume },
): SliceRow[] {
  const totalUsd = costOf(total, volume);
  const sorted = slices.toSorted((left, right) => (costOf(right, volume) ?? 0) - (costOf(left, volume) ?? 0));
  const listed = sorted.length > ROWS_MAX ? sorted.slice(0, ROWS_MAX - 1) : sorted;
  const rest = sorted.slice(listed.length);
  const shown = [
    ...listed.map((slice) => ({ slice, name: NAMERS[dimension](slice.name), isOthers: false })),
    ...(rest.length === 0 ? [] : [{ slice: addUp(rest), name: `${rest.length} others`, isOthers: true }]),
  ];
  const longestUsd = Math.max(0, ...shown.map(({ slice }) => toAmounts(slice).costUsd ?? 0));
  const toLength = (costUsd: number | null) => (longestUsd === 0 ? 0 : (costUsd ?? 0) / longestUsd);
  return shown.map(({ slice, name, isOthers }) => {
    const { creditedUsd, uncreditedUsd, tokens } = toAmounts(slice);
    const costUsd = costOf(slice, volume);
    return {
      name,
      isOthers,
      costUsd,
      tokens,
      calls: slice.calls,
      share: costUsd === null || totalUsd === null || totalUsd === 0 ? null : costUsd / totalUsd,
      creditedLength: toLength(creditedUsd),
      uncreditedLength: toLength(uncreditedUsd),
    };
  });
}

export function nameKind(kind: string): string {
  return KIND_NAMES[kind] ?? kind;
}

export function nameClass(workloadClass: string | null): string {
  if (workloadClass === null || workloadClass === "") return "Not declared";
  return workloadClass === "ci" ? "CI" : workloadClass.charAt(0).toUpperCase() + workloadClass.slice(1);
}

export function nameClient(client: string): string {
  return CLIENT_NAMES[client] ?? client;
}

function costOf(measures: Measures, volume: Volume): number | null {
  const { creditedUsd, costUsd } = toAmounts(measures);
  return volume === "credited" ? creditedUsd : costUsd;
}

function addUp(slices: readonly Slice[]): Slice {
  return slices.reduce((sum, slice) => ({
    name: "",
    calls: sum.calls + slice.calls,
    unknown_usage_calls: sum.unknown_usage_calls + slice.unknown_usage_calls,
    unpriced_calls: sum.unpriced_calls + slice.unpriced_calls,
    tokens: addTokens(sum.tokens, slice.tokens),
    cost_usd: String(Number(sum.cost_usd) + Number(slice.cost_usd)),
    credited_cost_usd: String(Number(sum.credited_cost_usd) + Number(slice.credited_cost_usd)),
  }));
}

function addTokens(sum: Slice["tokens"], more: Slice["tokens"]): Slice["tokens"] {
  const added = { ...sum };
  for (const field of TOKEN_FIELDS) added[field] += more[field];
  return added;
}

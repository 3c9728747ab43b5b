// Figures as the report writes them.

import type { Estimate } from "../judging/interval.ts";

/** `0.83 (0.71 to 0.94)` */
export function toRange(estimate: Estimate | null): string {
  if (estimate === null) return "not measured";
  const { value, low, high } = estimate;
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** `12.5 % (8.0 to 17.3)` */
export function toPercentRange(estimate: Estimate | null): string {
  if (estimate === null) return "not measured";
  const { value, low, high } = estimate;
  return `${toPercent(value)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
}

export function toPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map(toRow).join("\n");
}

function toRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

// The alert rules ask for metrics that exist, and tell whoever is woken up what to do.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createMetrics } from "../../schemas/metrics.ts";

const RULES = new URL("../../docs/alerts.yml", import.meta.url);
/** Of Prometheus itself. */
const OTHERS_METRICS = ["up"];
/** What the rules are there for: without one of these nobody would hear of it. */
const MUST_BE_WATCHED = [
  "assay_unrecorded_records_total",
  "assay_spool_missing_records_total",
  "assay_spool_oldest_seconds",
  "assay_spool_bytes",
  "assay_spool_writable",
  "assay_consumer_lag_records",
  "assay_insert_retries_total",
  "assay_usage_mismatches_total",
  "assay_unpriced_calls_total",
  "assay_analysis_ended_timestamp_seconds",
  "assay_process_restarts_total",
];

const sentence = z.string().regex(/\.$/);
const ruleSchema = z.strictObject({
  alert: z.string().regex(/^Assay[A-Z]\w+$/),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+m$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(["critical", "warning", "info"]) }),
  annotations: z.strictObject({ summary: sentence, action: sentence }),
});
const fileSchema = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(ruleSchema) })),
});

const metrics = await createMetrics("test").registry.getMetricsAsJSON();
const names = new Set([...metrics.map(({ name }) => name), ...OTHERS_METRICS]);

/** The names of metrics in an expression: words that are neither functions, keywords, labels nor numbers. */
function metricsIn(expr: string): string[] {
  const withoutLabels = expr.replaceAll(/\{[^}]*\}|\b(by|without|on)\s*\([^)]*\)|\[\w+\]|offset \w+/g, " ");
  const words = withoutLabels.match(/[a-z_][\w:]*(?!\w*\s*\()/gi) ?? [];
  return words.filter((word) => !["or", "unless", "and"].includes(word) && !/^e\d+$/.test(word));
}

describe("docs/alerts.yml", () => {
  const { groups } = fileSchema.parse(parse(readFileSync(RULES, "utf8")));
  const rules = groups.flatMap((group) => group.rules);

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    "%s asks for what there is",
    (_name, { expr }) => {
      const asked = metricsIn(expr);
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.filter((name) => !names.has(name))).toEqual([]);
    },
  );

  it("names no rule twice, and leaves nothing unwatched that an operator must hear of", () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    const asked = new Set(rules.flatMap(({ expr }) => metricsIn(expr)));
    expect(MUST_BE_WATCHED.filter((name) => !asked.has(name))).toEqual([]);
  });
});

it("a metric that does not exist is seen", () => {
  expect(metricsIn('sum by (topic) (rate(assay_typo_total{a="b"}[5m])) > 1e3 or up == 0')).toEqual([
    "assay_typo_total",
    "up",
  ]);
});

it("a gauge that a process never sets is no 0 in its scrape", async () => {
  const { registry, spoolWritable } = createMetrics("test");
  expect(await registry.metrics()).not.toMatch(/^assay_spool_(writable|bytes|oldest_seconds)\{/m);
  spoolWritable.set(0);
  expect(await registry.metrics()).toMatch(/^assay_spool_writable\{process="test"\} 0$/m);
});

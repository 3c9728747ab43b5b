// What the steps of one pass of analytics share: where they work, as of when, and by which numbers.

import type { ClickHouseStore } from "../schemas/clickhouse/store.ts";
import type { Config } from "../schemas/config.ts";
import type { AllowedTemplates } from "./allowed-templates.ts";

export interface AnalysisPass {
  store: ClickHouseStore;
  config: Pick<Config, "timezone" | "retentionDays" | "method">;
  /** Of the rows that this pass writes. */
  version: number;
  /** Of the last pass that ended. */
  after: number;
  /** Records that came in at this time or later may be new. The beginning of all time in a rebuild. */
  since: Date;
  /** The time that the pass pretends it is. */
  now: Date;
  /** When the derived tables were last brought up to date; undefined before the first pass and in a rebuild. */
  computedAt: Date | undefined;
  /** Runs that began here or later are scored; undefined: nobody is (setting ASSAY_INDIVIDUAL_SCORING, and the policy). */
  scoredFrom: Date | undefined;
  /** By which nobody is found to replay. */
  templates: AllowedTemplates;
  /** Whether the last pass knew other ones. */
  hasOtherTemplates: boolean;
}

// The policy as pages and commands show it: what is in force, what Assay proposes, and from when on individuals are scored.

import type { Config } from "../../../schemas/config.ts";
import type { PolicyState } from "../../../schemas/pattern-api.ts";
import { toPolicyText } from "../../../schemas/policy-text.ts";
import type { PostgresStore } from "../../../schemas/postgres/open.ts";
import { readPolicies, readScoredFrom, type Policy } from "../../../schemas/postgres/policies.ts";
import { readRules } from "../../../schemas/postgres/setting-versions.ts";

export async function readPolicyState(
  postgres: Pick<PostgresStore, "db">,
  config: Pick<Config, "individualScoring" | "timezone" | "method" | "retentionDays" | "given">,
): Promise<PolicyState> {
  const rules = await readRules(postgres, config);
  const versions = (await readPolicies(postgres.db)).map(toPublished);
  const scoredFrom = await readScoredFrom(postgres, rules);
  return {
    individual_scoring: rules.individualScoring,
    scored_from: scoredFrom?.toISOString() ?? null,
    current: versions[0] ?? null,
    versions,
    proposed_text: toPolicyText(rules),
  };
}

function toPublished({ version, body, methodVersion, publishedAt }: Policy): PolicyState["versions"][number] {
  return { version, text: body, method_version: methodVersion, published_at: publishedAt.toISOString() };
}

// Which clients, models, classes, tags, reasons and repositories do a person's runs have? A bounded number of each.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { subjectIdParam } from "../access/scope.ts";

const words = z.array(z.string());

export const runFilterValues = defineQuery({
  name: "values of run filters",
  sql: `
SELECT
  arraySort(groupUniqArray({values_max:UInt32})(row.client)) AS clients,
  arraySort(groupUniqArrayArray({values_max:UInt32})(row.models)) AS models,
  arraySort(groupUniqArray({values_max:UInt32})(row.workload_class)) AS classes,
  arraySort(groupUniqArrayArray({values_max:UInt32})(row.tags)) AS tags,
  arraySort(groupUniqArrayArray({values_max:UInt32})(mapKeys(row.uncredited_cost_usd))) AS reasons,
  (SELECT arraySort(groupUniqArrayIf({values_max:UInt32})(repo_hash, repo_hash != '')) FROM outcome_links FINAL
    WHERE person_id = {person_id:UUID} AND expires_at > {now:DateTime64(3)}) AS repositories
FROM runs AS row FINAL
WHERE row.person_id = {person_id:UUID} AND row.expires_at > {now:DateTime64(3)}`,
  params: z.object({ person_id: subjectIdParam, now: z.date(), values_max: z.int() }),
  row: z.object({
    clients: words,
    models: words,
    classes: words,
    tags: words,
    reasons: words,
    repositories: words,
  }),
});

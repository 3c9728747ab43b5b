// What a person used, and what came of it.

import { usageSchema } from "../../../schemas/dashboard-api.ts";
import { usageValueSchema } from "../../../schemas/usage-value-api.ts";
import type { Days } from "../prepare/usage-view.ts";
import { type Api, path, withQuery } from "./client.ts";

export const readUsage = (api: Api, personId: string, { from, to }: Days) =>
  api.get(withQuery(path`/people/${personId}/usage`, { from, to }), usageSchema);

export const readUsageValue = (api: Api, personId: string, { from, to }: Days) =>
  api.get(withQuery(path`/people/${personId}/value`, { from, to }), usageValueSchema);

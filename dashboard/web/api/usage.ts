// What a person used.

import { usageSchema } from "../../../schemas/dashboard-api.ts";
import type { Days } from "../prepare/usage-view.ts";
import { type Api, path, withQuery } from "./client.ts";

export const readUsage = (api: Api, personId: string, { from, to }: Days) =>
  api.get(withQuery(path`/people/${personId}/usage`, { from, to }), usageSchema);

// Who was erased of late? Ids that nothing else holds once the erasure is through. Of one person there may be several rows, which are
// taken for a set, so that there is no FINAL.

import { z } from "zod";
import { defineQuery } from "../../../schemas/clickhouse/store.ts";
import { operatorParam } from "../access/scope.ts";

const TOMBSTONES_MAX = 1000;

export const recentTombstones = defineQuery({
  name: "recent tombstones",
  sql: `
SELECT tombstone.person_id AS person_id, max(tombstone.erased_at) AS erased_at
FROM erased_people AS tombstone
WHERE tombstone.erased_at >= {from:DateTime64(3)} AND {scope:Bool}
GROUP BY person_id
ORDER BY erased_at DESC
LIMIT ${TOMBSTONES_MAX}`,
  params: z.object({ scope: operatorParam, from: z.date() }),
  row: z.object({ person_id: z.uuid(), erased_at: z.coerce.date() }),
});

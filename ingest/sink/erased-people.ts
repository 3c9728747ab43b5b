// Who was erased, as those ask who write calls and outcomes: sink, import, repricing. Ask with `refresh` before each batch, and
// then of each of its people with `isErased`.
//
// Cheap: the first `refresh` reads all tombstones, and each later one those of the last hour, which are mostly none. Nobody is
// ever erased back, so what was read once stays.
//
// Not kept out: a batch that had asked when the tombstone was put, and goes in after it. The sweep that ends each pass of
// analytics takes its rows out again (`schemas/clickhouse/erasure.ts`).

import { z } from "zod";
import { TOMBSTONE_TABLE } from "../../schemas/clickhouse/erasure.ts";
import { defineQuery, type ClickHouseStore } from "../../schemas/clickhouse/store.ts";

/** How much later than its own time a tombstone may become visible: clocks differ, and replicas lag. */
const OVERLAP_MS = 3_600_000;

export interface ErasedPeople {
  /** @throws AppError of the store; then the batch has to wait, because nobody can say whose it is */
  refresh(): Promise<void>;
  /** As of the last `refresh`. Nobody is never erased. */
  isErased(personId: string | null): boolean;
}

const readTombstones = defineQuery({
  name: "tombstones",
  // A person who is in it twice is in the set once, so nothing needs FINAL.
  sql: `SELECT person_id, erased_at FROM ${TOMBSTONE_TABLE} WHERE erased_at >= {since:DateTime64(3)}`,
  params: z.object({ since: z.date() }),
  row: z.object({ person_id: z.uuid(), erased_at: z.coerce.date() }),
});

export function createErasedPeople(store: ClickHouseStore): ErasedPeople {
  const erased = new Set<string>();
  let newestMs = 0;
  return {
    async refresh() {
      const since = new Date(Math.max(0, newestMs - OVERLAP_MS));
      for (const { person_id, erased_at } of await store.query(readTombstones, { since })) {
        erased.add(person_id);
        newestMs = Math.max(newestMs, erased_at.getTime());
      }
    },
    isErased: (personId) => personId !== null && erased.has(personId.toLowerCase()),
  };
}

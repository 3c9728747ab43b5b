// A client can never take another's identity: every attack of the table is tried, and whose the call is, what the provider got and
// what the client was told are what the table says.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openAnalysisBench } from "../builders/analysis.ts";
import { openAttackBench, type AttackBench } from "./bench.ts";
import { ATTACKS, formatTable, TABLE_FILE } from "./table.ts";

/** On a loaded machine servers take their time to start. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** No request can hold it. */
const NOWHERE = "\0";

let bench: AttackBench;
beforeAll(async () => {
  bench = await openAttackBench();
});
afterAll(() => bench.close());

describe.each(Object.entries(ATTACKS))("%s", (_title, attacks) => {
  test.each(attacks)("$tried", async (attack) => {
    const { statuses, owners, spent, forwarded = "", withheld = NOWHERE } = attack;
    const outcome = await bench.tryOut(attack.gateway ?? "open", attack.bytes(bench.cast));
    expect(outcome).toMatchObject({ statuses, owners });
    expect(outcome.spent.toSorted()).toEqual(spent.toSorted());
    expect(outcome.seen).not.toMatch(/assay/i);
    for (const { secret } of Object.values(bench.cast))
      expect(outcome.seen.toLowerCase()).not.toContain(secret.slice("assay_".length).toLowerCase());
    expect(outcome.answeredIds).toEqual(
      expect.arrayContaining(outcome.events.map(({ event_id }) => event_id)),
    );
    expect(outcome.seen).toContain(forwarded);
    expect(outcome.seen).not.toContain(withheld);
    const event = expect.objectContaining(attack.event?.(bench.cast) ?? {});
    expect(outcome.events).toEqual(owners.map(() => event));
  });
});

test("who takes another's session, run, parent or answer as their own joins none of their runs", async () => {
  const { cast } = bench;
  const claims = [
    "X-Assay-Run-Id: run-1",
    "X-Assay-Session-Id: session-1",
    "X-Claude-Code-Session-Id: session-1",
    "X-Parent-Session-Id: session-1",
    "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  ];
  const body = JSON.stringify({
    model: "m",
    previous_response_id: "resp_1",
    prompt_cache_key: "session-1",
    input: "",
  });
  const analysis = await openAnalysisBench();
  try {
    for (const claim of claims) {
      for (const { secret } of [cast.ada, cast.ben, cast.service]) {
        const lines = ["POST /v1/responses HTTP/1.1", "Host: gateway", "Connection: close", claim];
        const bytes = [...lines, `X-Assay-Key: ${secret}`, `Content-Length: ${body.length}`, "", body].join(
          "\r\n",
        );
        const { events } = await bench.tryOut("open", bytes);
        expect(events).toHaveLength(1);
        await analysis.arrive(...events);
      }
    }
    await analysis.analyze();
    const ownersOf = new Map<unknown, Set<unknown>>();
    for (const { run_id, person_id, key_id } of await analysis.rows("calls"))
      ownersOf.set(run_id, (ownersOf.get(run_id) ?? new Set()).add(person_id ?? key_id));
    expect(ownersOf.size).toBeGreaterThanOrEqual(3);
    expect([...ownersOf.values()].filter((owners) => owners.size > 1)).toEqual([]);
  } finally {
    await analysis.close();
  }
});

test("the table tells of as many attacks as are tried, and is not stale", () => {
  expect(Object.values(ATTACKS).flat().length).toBeGreaterThanOrEqual(40);
  expect(readFileSync(TABLE_FILE, "utf8"), "node test/attack/table.ts writes it").toBe(formatTable());
});

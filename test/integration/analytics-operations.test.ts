// Which operation and attempt a call is, and whether it is credited, at every edge of the rules.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openAnalysisBench, OTHER_PERSON, type AnalysisBench, type Arrival } from "../builders/analysis.ts";

vi.setConfig({ testTimeout: 120_000 });

let bench: AnalysisBench;
beforeAll(async () => {
  bench = await openAnalysisBench();
});
beforeEach(() => bench.empty());
afterAll(() => bench.close());

const at = (time: string) => `2026-11-20T${time}Z`;

describe("an operation", () => {
  const failure = { status: 529, error_kind: "overloaded", usage_source: "none" } as const;
  const body = { session_id: "s", body_hash: "b" };

  test("goes on with the same body exactly ten minutes after the failure ended", async () => {
    const arrivals: Arrival[] = [
      { ...body, ...failure, started_at: at("08:00:00.000"), duration_ms: 60_000 },
      { ...body, started_at: at("08:11:00.000"), input_tokens: 1 },
    ];
    expect(await attempts(...arrivals)).toEqual([
      [1, 1, "provider_error"],
      [1, 2, ""],
    ]);
  });

  test("is another one a millisecond later", async () => {
    const arrivals: Arrival[] = [
      { ...body, ...failure, started_at: at("08:00:00.000") },
      { ...body, started_at: at("08:10:00.001"), input_tokens: 1 },
    ];
    expect(await attempts(...arrivals)).toEqual([
      [1, 1, "provider_error"],
      [2, 1, ""],
    ]);
  });

  test("goes on later than that when the client counts it as a retry", async () => {
    const arrivals: Arrival[] = [
      { ...body, ...failure, started_at: at("08:00:00.000") },
      { ...body, started_at: at("08:20:00.000"), client_retry_count: 1, input_tokens: 1 },
    ];
    expect(await attempts(...arrivals)).toEqual([
      [1, 1, "provider_error"],
      [1, 2, ""],
    ]);
  });

  test("is not repeated by the same body after a success", async () => {
    const arrivals: Arrival[] = [
      { ...body, started_at: at("08:00:00.000"), input_tokens: 1 },
      { ...body, started_at: at("08:00:05.000"), input_tokens: 1 },
    ];
    expect(await attempts(...arrivals)).toEqual([
      [1, 1, ""],
      [2, 1, ""],
    ]);
  });

  test("is not repeated by a call that began before the failure", async () => {
    const arrivals: Arrival[] = [
      { ...body, ...failure, started_at: at("08:00:00.000"), duration_ms: 5000 },
      { ...body, started_at: at("08:00:04.999"), input_tokens: 1 },
    ];
    expect(await attempts(...arrivals)).toEqual([
      [1, 1, "provider_error"],
      [2, 1, ""],
    ]);
  });

  test("credits its last attempt; one that was paid for in vain is a retry, one that was not is the provider's", async () => {
    const arrivals: Arrival[] = [
      { ...body, ...failure, started_at: at("08:00:00.000") },
      {
        ...body,
        started_at: at("08:00:01.000"),
        terminated_by: "upstream",
        error_kind: "reset",
        input_tokens: 9,
      },
      { ...body, started_at: at("08:00:02.000"), input_tokens: 9 },
      { ...body, started_at: at("08:00:03.000"), input_tokens: 9 },
    ];
    expect(await attempts(...arrivals)).toEqual([
      [1, 1, "provider_error"],
      [1, 2, "retry"],
      [1, 3, ""],
      [2, 1, ""],
    ]);
  });

  test("that never succeeded keeps its last attempt", async () => {
    const cut = { ...body, terminated_by: "client", input_tokens: 9 } as const;
    const arrivals: Arrival[] = [
      { ...cut, started_at: at("08:00:00.000") },
      { ...cut, started_at: at("08:00:01.000") },
    ];
    expect(await attempts(...arrivals)).toEqual([
      [1, 1, "retry"],
      [1, 2, ""],
    ]);
  });

  test("is told by the client's count alone where no body is known", async () => {
    const arrivals: Arrival[] = [
      { session_id: "s", model_requested: "m", ...failure, started_at: at("08:00:00.000") },
      { session_id: "s", model_requested: "m", started_at: at("08:00:01.000"), client_retry_count: 0 },
      { session_id: "s", model_requested: "m", ...failure, started_at: at("08:00:02.000") },
      { session_id: "s", model_requested: "m", started_at: at("08:00:03.000"), client_retry_count: 1 },
    ];
    expect(await attempts(...arrivals)).toEqual([
      [1, 1, "provider_error"],
      [2, 1, ""],
      [3, 1, "provider_error"],
      [3, 2, ""],
    ]);
  });

  test("is one person's: another's same body is another operation", async () => {
    const arrivals: Arrival[] = [
      { ...body, ...failure, started_at: at("08:00:00.000") },
      { ...body, person_id: OTHER_PERSON, started_at: at("08:00:01.000"), input_tokens: 1 },
    ];
    expect(await attempts(...arrivals)).toEqual([
      [1, 1, "provider_error"],
      [2, 1, ""],
    ]);
  });

  test("takes the credit back from an attempt of an earlier pass, also in the week before", async () => {
    const cut = { ...body, terminated_by: "upstream", error_kind: "reset", input_tokens: 9 } as const;
    await bench.arrive({ ...cut, started_at: "2026-11-15T23:59:58.000Z" });
    await bench.analyze();
    expect(await bench.rows("usage_days")).toMatchObject([{ day: "2026-11-15", reason: "" }]);
    expect(await attempts({ ...body, started_at: "2026-11-16T00:00:01.000Z", input_tokens: 9 })).toEqual([
      [1, 1, "retry"],
      [1, 2, ""],
    ]);
    expect(await bench.rows("usage_days")).toMatchObject([
      { day: "2026-11-15", reason: "retry" },
      { day: "2026-11-16", reason: "" },
    ]);
  });
});

test("each call that earns no credit says why, and no other does", async () => {
  const expected: [Arrival, string][] = [
    [{ status: 400, error_kind: "invalid_request" }, "provider_error"],
    [{ status: 502, error_kind: "unreachable" }, "provider_error"],
    // It was paid for.
    [{ status: 500, error_kind: "server_error", input_tokens: 5 }, ""],
    // The gateway died, the client left: nobody knows what the provider did.
    [{ status: 0, error_kind: "interrupted", terminated_by: "gateway" }, ""],
    [{ status: 0, terminated_by: "client" }, ""],
    [{ request_kind: "count_tokens" }, "auxiliary"],
    [{ request_kind: "auxiliary", input_tokens: 5 }, "auxiliary"],
    [{ request_kind: "auxiliary", status: 529 }, "provider_error"],
    [{ request_kind: "embedding", input_tokens: 5 }, ""],
    [{ stop_kind: "refusal", output_tokens: 5 }, ""],
  ];
  await bench.arrive(
    ...expected.map(([arrival], hour) => ({ ...arrival, started_at: at(`${10 + hour}:00:00.000`) })),
  );
  await bench.analyze();
  const calls = await bench.rows("calls");
  expect(calls.map(({ reason }) => reason)).toEqual(expected.map(([, reason]) => reason));
  expect(calls.map(({ credited }) => credited)).toEqual(expected.map(([, reason]) => reason === ""));
});

/** Operation, attempt and reason of each call, in order; operations by the order in which they began. */
async function attempts(...arrivals: Arrival[]): Promise<unknown[]> {
  await bench.arrive(...arrivals);
  await bench.analyze();
  const calls = await bench.rows("calls");
  const operations = [...new Set(calls.map(({ operation_id }) => operation_id))];
  return calls.map((call) => [operations.indexOf(call["operation_id"]) + 1, call["attempt"], call["reason"]]);
}

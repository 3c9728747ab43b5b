// What the pages of a run and of schedules decide: lanes on one time axis, and words.

import { describe, expect, test } from "vitest";
import { toRunLanes } from "../../dashboard/web/prepare/run-lanes.ts";
import { explainClass, formatSpan, toCorrectionRows } from "../../dashboard/web/prepare/run-words.ts";
import { idBelow } from "../../dashboard/web/prepare/addresses.ts";
import { runPath } from "../../dashboard/web/prepare/runs-view.ts";
import { toScheduleRows } from "../../dashboard/web/prepare/schedule-rows.ts";
import { TOKEN_FIELDS } from "../../schemas/token-event.ts";
import { runCallsPageSchema, runClassSchema, runToolsPageSchema } from "../../schemas/run-api.ts";
import { scheduleSchema } from "../../schemas/schedule-api.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const NONE = { ok: 0, error: 0, unknown: 0 };

function agent(agent_id: string | null, count = 1) {
  const times = { started_at: "2026-11-20T10:00:00Z", ended_at: "2026-11-20T11:00:00Z" };
  return { agent_id, parent_agent_id: null, ...times, calls: count, cost_usd: "0", credited_cost_usd: "0" };
}

/** From 10:00 to 12:00. */
function run({ agents = [agent(null)] } = {}) {
  const times = { started_at: "2026-11-20T10:00:00Z", ended_at: "2026-11-20T12:00:00Z" };
  const turns = [{ turn_id: "1", started_at: "2026-11-20T11:00:00Z", ended_at: times.ended_at, agents }];
  const tools = {
    kept_days: 14,
    known_calls: 1,
    total_calls: 1,
    by_kind: [{ kind: "read" as const, calls: 3, ...NONE }],
    by_name: [],
  };
  return { ...times, turns, tools };
}

function calls(...said: readonly object[]) {
  const one = {
    turn_id: null,
    agent_id: null,
    started_at: "2026-11-20T10:30:00Z",
    duration_ms: 720_000,
    model: null,
    request_kind: "main",
    trigger: "unknown",
    operation_id: "o",
    attempt: 1,
    status: 200,
    error_kind: null,
    uncredited_reason: null,
    tokens: Object.fromEntries(TOKEN_FIELDS.map((field) => [field, null])),
    cost_usd: null,
    tool_calls: null,
  };
  const list = said.map((each, index) => ({
    ...one,
    event_id: `01936a00-0000-7000-8000-${String(index).padStart(12, "0")}`,
    ...each,
  }));
  return runCallsPageSchema.parse({ calls: list, next_cursor: null }).calls;
}

describe("the lanes of a run", () => {
  test("have each call where it began, as long as it took", () => {
    const { agents } = toRunLanes(
      run(),
      calls({}, { uncredited_reason: "retry", duration_ms: null }),
      [],
      "UTC",
    );
    expect(agents).toMatchObject([
      {
        name: "Main agent",
        count: 1,
        marks: [
          { at: 0.25, length: 0.1, state: "credited" },
          { length: 0, state: "uncredited" },
        ],
      },
    ]);
  });

  test("are one for each agent, and one for all beyond the eighth", () => {
    const ids = Array.from({ length: 12 }, (_id, index) => `a${index}`);
    const { agents } = toRunLanes(
      run({ agents: [agent(null, 5), ...ids.map((id) => agent(id, 2))] }),
      calls({ agent_id: "a9" }),
      [],
    );
    expect(agents.map(({ name, count }) => [name, count])).toEqual([
      ["Main agent", 5],
      ...Array.from({ length: 8 }, (_lane, index) => [`Sub-agent ${index + 1}`, 2]),
      ["4 more", 8],
    ]);
    expect(agents.at(-1)?.marks).toHaveLength(1);
  });

  test("compare costs with the dearest call, and leave an unknown one open", () => {
    const { costs, dearestUsd } = toRunLanes(run(), calls({ cost_usd: "0.5" }, { cost_usd: "2" }, {}), []);
    expect([dearestUsd, costs.map(({ height }) => height)]).toEqual([2, [0.25, 1, null]]);
    expect(toRunLanes(run(), calls({}), []).dearestUsd).toBeNull();
  });

  test("have a row for each kind of tool that was used, with all of its calls counted", () => {
    const page = runToolsPageSchema.parse({
      next_cursor: null,
      tool_calls: [
        {
          event_id: "01936a00-0000-7000-8000-000000000000",
          position: 0,
          agent_id: null,
          name: "Read",
          kind: "read",
          asked_at: "2026-11-20T11:00:00Z",
          answered_at: null,
          result: "error",
          reaches_outside: false,
        },
      ],
    });
    const { tools } = toRunLanes(run(), [], page.tool_calls);
    expect(tools).toMatchObject([{ name: "Read", count: 3, marks: [{ at: 0.5, state: "error" }] }]);
  });

  test("stay within the run, whatever another gateway's clock said, and name no time twice", () => {
    const late = calls({ started_at: "2026-11-21T10:30:00Z" }, { started_at: "2026-11-19T10:30:00Z" });
    expect(toRunLanes(run(), late, []).costs.map(({ at }) => at)).toEqual([1, 0]);
    const moment = { ...run(), ended_at: run().started_at };
    expect(toRunLanes(moment, late, [], "UTC").times).toEqual([{ at: 0, label: "10:00" }]);
    expect(toRunLanes(run(), [], [], "UTC").times.map(({ label }) => label)).toEqual([
      "10:00",
      "10:30",
      "11:00",
      "11:30",
      "12:00",
    ]);
  });
});

describe("the words of a run", () => {
  test("say when it was, with both days where it went over midnight", () => {
    expect(
      formatSpan({ started_at: "2026-11-20T10:00:00Z", ended_at: "2026-11-20T11:05:00Z" }, NOW, "UTC"),
    ).toBe("20 Nov, 10:00 to 11:05");
    expect(
      formatSpan({ started_at: "2025-12-31T23:00:00Z", ended_at: "2026-01-01T01:00:00Z" }, NOW, "UTC"),
    ).toBe("31 Dec 2025, 23:00 to 1 Jan, 01:00");
  });

  test("keep every correction visible, also one that was taken back", () => {
    const correction = {
      correction_id: "01936a00-0000-7000-8000-000000000000",
      workload_class: "evaluation",
      previous_class: null,
      reason: "a benchmark",
      created_at: "2026-11-20T10:00:00Z",
      withdrawn_at: "2026-11-20T11:00:00Z",
    };
    const runClass = runClassSchema.parse({
      workload_class: null,
      class_source: "none",
      is_pending: false,
      can_correct: true,
      corrections: [correction],
    });
    expect(explainClass(runClass)).toBe("Nobody declared it");
    expect(toCorrectionRows(runClass, NOW, "UTC")).toMatchObject([
      {
        sentence:
          "You made it Evaluation on 20 Nov, 10:00. It was Not declared before. That no longer holds, since 20 Nov, 11:00.",
        reason: "a benchmark",
      },
    ]);
  });

  test.each(["r1", "explicit of/somebody", "ü %"])("stand at an address of their own: %s", (id) => {
    expect(idBelow(runPath(id), "/runs")).toBe(id);
  });

  test.each(["/runs", "/runs/", "/runs/a/b", "/usage"])("are not at %s", (path) => {
    expect(idBelow(path, "/runs")).toBeNull();
  });
});

test("a schedule says when it is due, and since when it no longer is", () => {
  const schedule = scheduleSchema.parse({
    schedule_id: "01936a00-0000-7000-8000-000000000000",
    name: "Nightly review",
    cron: "0 3 * * *",
    timezone: "Europe/Berlin",
    minutes: 15,
    workload_class: "scheduled",
    key_id: null,
    created_at: "2026-11-20T10:00:00Z",
    is_by_operator: true,
    accepted_at: null,
    ended_at: null,
    next_at: "2026-11-22T02:00:00Z",
  });
  const ended = { ...schedule, ended_at: "2026-11-20T12:00:00Z", next_at: null };
  expect(toScheduleRows([schedule, ended], NOW, "UTC")).toMatchObject([
    {
      times: "Europe/Berlin, and 15 minutes after",
      next: "22 Nov, 02:00",
      ended: null,
      byOperator: "Registered by an operator",
    },
    { next: "–", ended: "Ended 20 Nov" },
  ]);
});

// Who is believed when several say which session or run a call belongs to, attribution in the path, and who wrote what is new.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAssayKey } from "../../schemas/assay-key.ts";
import { draftOf, type TestRequest } from "./draft.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UUID = "019aa3c4-5d6e-7f80-9a1b-2c3d4e5f6071";
const CLAUDE = { "user-agent": "claude-cli/2.1.329 (external, cli)" };

describe("the session is told", () => {
  // From the one that is believed least to the one that is believed most.
  const sources: [who: string, add: TestRequest][] = [
    ["by a cache's key", { body: { prompt_cache_key: UUID } }],
    ["by the client's body", { body: { metadata: { user_id: '{"session_id":"body"}' } } }],
    ["by the client's header", { headers: { "x-claude-code-session-id": "native" } }],
    ["by another gateway's header", { headers: { "x-litellm-session-id": "peer" } }],
    ["by our word in the path", { url: "/t/session=path/v1/messages" }],
    ["by our header", { headers: { "x-assay-session-id": "ours" } }],
  ];
  test.each(sources.map(([who], at) => [who, at] as const))(
    "%s, whatever is said by those before",
    (_, last) => {
      const values = [UUID, "body", "native", "peer", "path", "ours"];
      const request = sources.slice(0, last + 1).reduce<TestRequest>(
        (all, [, add]) => ({
          url: add.url ?? all.url ?? "/v1/messages",
          headers: { ...all.headers, ...add.headers },
          body: { ...all.body, ...add.body },
        }),
        { headers: CLAUDE, body: {} },
      );
      expect(draftOf(request).session_id).toBe(values[last]);
    },
  );

  test("by no cache's key that a program uses for all it does", () => {
    expect(draftOf({ body: { prompt_cache_key: "my-app-v1" } }).session_id).toBeNull();
  });

  test.each(["helicone-session-id", "x-bf-session-id"])("by %s", (name) => {
    expect(draftOf({ headers: { [name]: "peer" } })).toMatchObject({
      session_id: "peer",
      client_run_id: null,
    });
  });
});

const run = (request: TestRequest): (string | null)[] => {
  const { client_run_id, run_id_source } = draftOf(request);
  return [client_run_id, run_id_source];
};

describe("the run is told", () => {
  test("by our header, then the path, then another gateway, then a trace", () => {
    const headers = { traceparent: TRACEPARENT };
    expect(run({ headers })).toEqual(["0af7651916cd43dd8448eb211c80319c", "client"]);
    const peer = { ...headers, "x-portkey-trace-id": "peer" };
    expect(run({ headers: peer })).toEqual(["peer", "client"]);
    const url = "/t/run=path/v1/responses";
    expect(run({ url, headers: peer })).toEqual(["path", "explicit"]);
    expect(run({ url, headers: { ...peer, "x-assay-run-id": "ours" } })).toEqual(["ours", "explicit"]);
  });

  test("by no trace where there is a session, and by none that is broken", () => {
    expect(run({ headers: { traceparent: TRACEPARENT, "x-assay-session-id": "s" } })).toEqual([null, null]);
    for (const traceparent of [
      "",
      "x",
      `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
      `ff${TRACEPARENT.slice(2)}`,
    ]) {
      expect(run({ headers: { traceparent } })).toEqual([null, null]);
    }
  });
});

describe("an id that is longer than a field", () => {
  const long = "x".repeat(257);

  test("is none, and nobody else is asked instead", () => {
    const headers = { ...CLAUDE, "x-claude-code-session-id": "native", "x-assay-session-id": long };
    expect(draftOf({ url: "/v1/messages", headers }).session_id).toBeNull();
    expect(draftOf({ headers: { "x-assay-run-id": long, traceparent: TRACEPARENT } })).toMatchObject({
      client_run_id: null,
      run_id_source: null,
    });
  });

  test("is none in a body either, and the longest that fits is whole", () => {
    const headers = { "user-agent": "codex_exec/0.1" };
    expect(draftOf({ headers, body: { prompt_cache_key: long } }).session_id).toBeNull();
    const fitting = long.slice(1);
    expect(draftOf({ headers, body: { prompt_cache_key: fitting } }).session_id).toBe(fitting);
  });
});

describe("attribution in the path", () => {
  test("means what the headers mean, and the rest of it is tags", () => {
    const url = "/t/team-a,ticket=A%2C1/run=7,session=s,agent=reviewer,class=ci/v1/messages?beta=true";
    expect(draftOf({ url })).toMatchObject({
      client_run_id: "7",
      run_id_source: "explicit",
      session_id: "s",
      agent_id: "reviewer",
      workload_class: "ci",
      class_source: "header",
      tags: { "team-a": "", ticket: "A,1" },
      api: "messages",
    });
  });

  test("gives way to headers", () => {
    const headers = { "x-assay-class": "batch", "x-assay-agent": "h", "x-assay-tags": "team=h,own=1" };
    expect(draftOf({ url: "/t/class=ci,agent=p,team=p,more=2/v1/messages", headers })).toMatchObject({
      workload_class: "batch",
      agent_id: "h",
      tags: { team: "h", own: "1", more: "2" },
    });
  });

  test("never says who pays, nor keeps a key that stands in the wrong place", () => {
    const url = `/t/person=boss,team_id=t,key=${createAssayKey()},${createAssayKey()}/v1/messages`;
    const headers = { "x-assay-tags": `key=${createAssayKey()}`, "x-assay-session-id": createAssayKey() };
    const caller = { personId: UUID, teamId: null, keyId: null };
    expect(draftOf({ url, headers, caller })).toMatchObject({
      person_id: UUID,
      team_id: null,
      session_id: null,
      tags: { person: "boss", team_id: "t" },
    });
  });

  test("can't break the record, whatever stands in it", () => {
    const character = fc.constantFrom("a", "=", ",", "%2C", "%", "%00", "run", "class", "__proto__", "é");
    const segment = fc.string({ unit: character, minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 16 }), (segments) => {
        const { tags } = draftOf({ url: `/t/${segments.join("/")}/openai/v1/responses` });
        expect(Object.getPrototypeOf(tags)).toBe(Object.prototype);
      }),
    );
  });
});

const user = (content: unknown): object => ({ role: "user", content });
const triggerOf = (messages: readonly object[], headers: object = {}): string =>
  draftOf({
    url: "/v1/messages",
    headers: { ...CLAUDE, ...headers },
    body: { messages, tools: [{ name: "Bash" }] },
  }).trigger;

describe("what is new was written", () => {
  const answer = { role: "assistant", content: "Hm" };
  const result = { type: "tool_result", tool_use_id: "t", content: "42" };
  const reminder = { type: "text", text: "<system-reminder>Keep going.</system-reminder>" };
  test.each([
    ["by a person", "human", [user("Hello")]],
    ["by a person, between reminders", "human", [user([reminder, { type: "text", text: "Hello" }])]],
    [
      "by a person who broke in",
      "human",
      [user("a"), answer, user([result, { type: "text", text: "Stop" }])],
    ],
    ["by a tool", "tool", [user("a"), answer, user([result])]],
    ["by a tool, with a reminder", "tool", [user("a"), answer, user([result, reminder])]],
    ["by a tool in the background", "tool", [user("<task-notification>done</task-notification>")]],
    [
      "by an agent in the background",
      "tool",
      [user("<system-reminder>\n[SYSTEM NOTIFICATION - NOT USER INPUT]\nDone\n</system-reminder>")],
    ],
    ["by the client, with news", "tool", [user("[SYSTEM NOTIFICATION - NOT USER INPUT]\nAgent a is done")]],
    ["by a timer", "schedule", [user("[SCHEDULED TASK - AUTOMATED FIRING OF A CONFIGURED PROMPT]\nLook")]],
    ["by another agent", "agent", [user('<teammate-message teammate_id="x">Hi</teammate-message>')]],
    ["by nobody", "unknown", [user([reminder])]],
  ])("%s: %s", (_who, trigger, messages) => {
    expect(triggerOf(messages)).toBe(trigger);
  });

  test("by the parent agent where a sub-agent is told what to do", () => {
    expect(triggerOf([user("Look")], { "x-claude-code-agent-id": "a" })).toBe("agent");
  });

  test("by nobody knows whom, in a program", () => {
    expect(triggerOf([user("Look")], { "user-agent": "claude-cli/2.1.329 (external, sdk-cli)" })).toBe(
      "unknown",
    );
    const chat = { url: "/v1/chat/completions", headers: { "user-agent": "OpenAI/JS 7.55.0" } };
    expect(draftOf({ ...chat, body: { messages: [user("Look")] } }).trigger).toBe("unknown");
    const called = [user("a"), answer, { role: "tool", tool_call_id: "c", content: "42" }];
    expect(draftOf({ ...chat, body: { messages: called } }).trigger).toBe("tool");
  });
});

// Calls of agents, as their clients write them: what one call ends with, the next one begins with.

import { describe, expect, it } from "vitest";
import type { CallFeatures } from "../../schemas/call-features.ts";
import { AGENT_CONVERSATIONS, claudeTools, PROMPT, reminder, SAID } from "../builders/agent-conversations.ts";
import { featuresOf } from "../builders/feature-calls.ts";

describe.each(Object.entries(AGENT_CONVERSATIONS))("%s", (_name, { first, second }) => {
  const before = featuresOf(first);
  const after = featuresOf(second);

  it("continues a call by what it was asked and answered", () => {
    expect(before.prefix_hash).toMatch(/^[\w-]{22}$/);
    expect(after.parent_prefix_hash).toBe(before.prefix_hash);
    expect(after.parent_answer_hash).toBe(before.answer_hash);
    expect(after.system_hash).toBe(before.system_hash);
    expect(after.prefix_hash).not.toBe(before.prefix_hash);
    expect(before).toMatchObject({ parent_prefix_hash: null, parent_answer_hash: null });
  });

  it("tells what a person wrote from what the client and the tools did", () => {
    expect(before).toMatchObject({ delta_human_chars: PROMPT.length, delta_tool_chars: 0 });
    expect(before.delta_hash).not.toBeNull();
    expect(after).toMatchObject({ delta_human_chars: 0, delta_hash: null, tool_result_states: ["error"] });
    expect(after.delta_tool_chars).toBeGreaterThan(7);
  });

  it("lists what the model had done, and finds its result by the call", () => {
    const [name] = before.tool_names;
    expect(["Bash", "shell", "bash", "run_shell_command"]).toContain(name);
    expect(before.tool_kinds).toEqual(["read"]);
    expect(before.output_chars).toBe(SAID.length);
    expect(after.tool_result_call_hashes).toEqual(before.tool_call_hashes);
  });
});

it("the same file has the same target for every client, whatever tool it is read with", () => {
  const targets = Object.values(AGENT_CONVERSATIONS).map(({ first }) => featuresOf(first).tool_target_hashes);
  expect(new Set(targets.flat()).size).toBe(1);
});

const task = "Look through docs/ for every mention of the parser.";

function parent(input: object): CallFeatures {
  return featuresOf({
    api: "messages",
    client: "claude-code",
    request: { tools: claudeTools, messages: [{ role: "user", content: "go" }] },
    answer: { content: [{ type: "tool_use", id: "t", name: "Agent", input }] },
  });
}

describe("an agent that another agent set to work", () => {
  it("is found by its opening, which its parent wrote", () => {
    const opening = [reminder, { type: "text", text: `${task}\n` }];
    const child = featuresOf({
      api: "messages",
      client: "claude-code",
      trigger: "agent",
      request: { messages: [{ role: "user", content: opening }] },
    });
    expect(parent({ description: "docs", options: { prompt: task } }).spawn_hashes).toEqual([
      child.delta_hash,
    ]);
    expect(child.delta_human_chars).toBe(0);
  });

  it("is not looked for in what a shell was given", () => {
    const { spawn_hashes } = featuresOf({
      api: "messages",
      client: "claude-code",
      request: { tools: claudeTools, messages: [] },
      answer: {
        content: [{ type: "tool_use", id: "t", name: "Bash", input: { command: "npm run build --all" } }],
      },
    });
    expect(spawn_hashes).toEqual([]);
  });
});

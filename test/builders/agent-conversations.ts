// Two calls of a conversation each, as agents on the four interfaces write them: a prompt that is answered with a text and a tool
// call, and the call that brings the tool's result back. What clients change in between is in them.

import type { WrittenCall } from "./feature-calls.ts";

/** Marks a prompt cache, as clients set them anew with each call. */
const CACHED = { cache_control: { type: "ephemeral" } };
export const PROMPT = "Find out why the parser drops the last line, and mend it.";
export const SAID = "I'll read the parser first.\n";

const claudeSystem = (version: string): object[] => [
  { type: "text", text: `x-anthropic-billing-header: cc_version=${version}; cc_entrypoint=cli;` },
  { type: "text", text: "You are Claude Code.", ...CACHED },
];
export const reminder = { type: "text", text: "<system-reminder>\nToday is a day.\n</system-reminder>\n" };
export const claudeTools = [
  { name: "Bash", input_schema: { type: "object" } },
  { name: "Agent", input_schema: { type: "object" } },
];

export const AGENT_CONVERSATIONS: Record<string, { first: WrittenCall; second: WrittenCall }> = {
  "Claude Code, whose thoughts, marks and reminders come and go": {
    first: {
      api: "messages",
      client: "claude-code",
      trigger: "human",
      request: {
        system: claudeSystem("2.1.329.1"),
        tools: claudeTools,
        messages: [
          { role: "user", content: [reminder, { type: "text", text: PROMPT, ...CACHED }] },
          { role: "system", content: "Skills: none." },
        ],
      },
      answer: [
        { type: "message_start", message: { id: "msg_1", content: [], usage: {} } },
        { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
        { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
        { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: SAID.slice(0, 9) } },
        { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: SAID.slice(9) } },
        {
          type: "content_block_start",
          index: 2,
          content_block: { type: "tool_use", id: "toolu_1", name: "Bash", input: {} },
        },
        {
          type: "content_block_delta",
          index: 2,
          delta: { type: "input_json_delta", partial_json: '{"command":' },
        },
        {
          type: "content_block_delta",
          index: 2,
          delta: { type: "input_json_delta", partial_json: '"cat src/a.c"}' },
        },
        { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: {} },
        { type: "message_stop" },
      ],
    },
    second: {
      api: "messages",
      client: "claude-code",
      trigger: "tool",
      request: {
        system: claudeSystem("2.1.329.2"),
        tools: claudeTools,
        messages: [
          { role: "user", content: [{ type: "text", text: PROMPT }] },
          {
            role: "assistant",
            content: [
              { type: "text", text: SAID.trim() },
              { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "cat src/a.c" } },
            ],
          },
          {
            role: "user",
            content: [
              { type: "tool_result", tool_use_id: "toolu_1", content: "int main", is_error: true, ...CACHED },
              reminder,
            ],
          },
        ],
      },
    },
  },
  "Codex, whose answers are items": {
    first: {
      api: "responses",
      client: "codex",
      trigger: "human",
      request: {
        instructions: "You are Codex.",
        tools: [],
        input: [
          { type: "additional_tools", role: "developer", tools: [{ type: "function", name: "shell" }] },
          { type: "message", role: "developer", content: [{ type: "input_text", text: "Sandbox: none." }] },
          {
            type: "message",
            role: "user",
            content: [{ type: "input_text", text: "<environment_context>cwd: /a</environment_context>" }],
          },
          { type: "message", role: "user", content: [{ type: "input_text", text: PROMPT }] },
        ],
      },
      answer: [
        { type: "response.created", response: { id: "resp_1", output: [] } },
        { type: "response.output_item.done", output_index: 0, item: { type: "reasoning", summary: [] } },
        {
          type: "response.output_item.done",
          output_index: 1,
          item: { type: "message", role: "assistant", content: [{ type: "output_text", text: SAID }] },
        },
        {
          type: "response.output_item.done",
          output_index: 2,
          item: {
            type: "function_call",
            call_id: "toolu_1",
            name: "shell",
            arguments: '{"command":["bash","-lc","cat src/a.c"]}',
          },
        },
        { type: "response.completed", response: { id: "resp_1", output: [] } },
      ],
    },
    second: {
      api: "responses",
      client: "codex",
      trigger: "tool",
      request: {
        instructions: "You are Codex.",
        tools: [],
        input: [
          { type: "additional_tools", role: "developer", tools: [{ type: "function", name: "shell" }] },
          { type: "message", role: "developer", content: [{ type: "input_text", text: "Sandbox: none." }] },
          { type: "message", role: "user", content: [{ type: "input_text", text: PROMPT }] },
          { type: "reasoning", encrypted_content: "…" },
          { type: "message", role: "assistant", content: [{ type: "output_text", text: SAID }] },
          {
            type: "function_call",
            call_id: "toolu_1",
            name: "shell",
            arguments: '{ "command": ["bash", "-lc", "cat src/a.c"] }',
          },
          { type: "function_call_output", call_id: "toolu_1", output: "Exit code: 1\nOutput:\nint main" },
        ],
      },
    },
  },
  "an agent on chat completions that makes up ids of its own in what it sends again": {
    first: {
      api: "chat",
      client: "opencode",
      trigger: "human",
      request: {
        tools: [{ type: "function", function: { name: "bash", parameters: {} } }],
        messages: [
          { role: "system", content: "You are opencode." },
          { role: "user", content: PROMPT },
        ],
      },
      answer: [
        { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] },
        { choices: [{ index: 0, delta: { reasoning_content: "Hm." } }] },
        { choices: [{ index: 0, delta: { content: SAID } }] },
        {
          choices: [
            {
              index: 0,
              delta: { tool_calls: [{ index: 0, id: "toolu_1", function: { name: "bash", arguments: "" } }] },
            },
          ],
        },
        {
          choices: [
            { index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '{"command":' } }] } },
          ],
        },
        {
          choices: [
            { index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '"cat src/a.c"}' } }] } },
          ],
        },
        { choices: [], usage: { prompt_tokens: 9 } },
      ],
    },
    second: {
      api: "chat",
      client: "opencode",
      trigger: "tool",
      request: {
        tools: [{ type: "function", function: { name: "bash", parameters: {} } }],
        messages: [
          { role: "system", content: "You are opencode." },
          { role: "user", content: [{ type: "text", text: PROMPT, ...CACHED }] },
          {
            role: "assistant",
            content: SAID.trim(),
            tool_calls: [
              {
                id: "renamed",
                type: "function",
                function: { name: "bash", arguments: '{"command": "cat src/a.c"}' },
              },
            ],
          },
          { role: "tool", tool_call_id: "toolu_1", content: "Exit code: 1\nint main" },
        ],
      },
    },
  },
  "Gemini CLI, whose answers come in many parts": {
    first: {
      api: "generate",
      client: "gemini-cli",
      trigger: "human",
      request: {
        systemInstruction: { parts: [{ text: "You are Gemini CLI." }] },
        tools: [{ functionDeclarations: [{ name: "run_shell_command" }] }],
        contents: [{ role: "user", parts: [{ text: PROMPT }] }],
      },
      answer: [
        { candidates: [{ content: { role: "model", parts: [{ text: "Hm.", thought: true }] } }] },
        { candidates: [{ content: { role: "model", parts: [{ text: SAID.slice(0, 5) }] } }] },
        { candidates: [{ content: { role: "model", parts: [{ text: SAID.slice(5) }] } }] },
        {
          candidates: [
            {
              content: {
                parts: [
                  {
                    functionCall: {
                      id: "toolu_1",
                      name: "run_shell_command",
                      args: { command: "cat src/a.c" },
                    },
                  },
                ],
              },
            },
          ],
        },
        { candidates: [{ content: { parts: [{ text: "", thoughtSignature: "s" }] }, finishReason: "STOP" }] },
      ],
    },
    second: {
      api: "generate",
      client: "gemini-cli",
      trigger: "tool",
      request: {
        systemInstruction: { parts: [{ text: "You are Gemini CLI." }] },
        tools: [{ functionDeclarations: [{ name: "run_shell_command" }] }],
        contents: [
          { role: "user", parts: [{ text: PROMPT }] },
          {
            role: "model",
            parts: [
              { text: SAID },
              {
                functionCall: { name: "run_shell_command", args: { command: "cat src/a.c" } },
                thoughtSignature: "s",
              },
            ],
          },
          {
            role: "user",
            parts: [
              {
                functionResponse: {
                  id: "toolu_1",
                  name: "run_shell_command",
                  response: { error: "int main" },
                },
              },
            ],
          },
        ],
      },
    },
  },
};

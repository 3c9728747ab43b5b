// OpenClaw, on OpenAI's chat completions. Sub-agents need its own server; a prompt that waits for them ends early for whoever gave
// it, and goes on in the server when the reports are there. Most of its tools are called by way of one.

import { laboratoryPrompts, laboratoryTasks } from "./laboratory.ts";
import { CLIENT_PACKAGES } from "./packages.ts";
import type { RealClient } from "./real-client.ts";

const SESSION_ID = "samples-of-the-laboratory";

const TASKS = laboratoryTasks({
  shell: (command) => ({ name: "exec", input: { command, title: "Look at the sample log" } }),
  spawn: (name, task) => ({
    name: "tool_call",
    input: { id: "sessions_spawn", args: { task, label: name } },
  }),
  waiting: [
    {
      text: "Both agents are at work; I wait for their reports.",
      calls: [{ name: "sessions_yield", input: { message: "Both agents are at work." } }],
    },
  ],
});

export const OPENCLAW: RealClient = {
  name: "openclaw",
  package: CLIENT_PACKAGES.openclaw,
  prompts: laboratoryPrompts(TASKS),
  tasks: TASKS,
  files: ({ work, port }, { url, key }) => ({
    ".openclaw/openclaw.json": JSON.stringify({
      gateway: { mode: "local", port, bind: "loopback", auth: { mode: "token", token: "of-the-test" } },
      models: {
        providers: {
          assay: {
            baseUrl: `${url}/v1`,
            apiKey: key,
            api: "openai-completions",
            models: [{ id: "gpt-5", name: "gpt-5", contextWindow: 200_000, maxTokens: 8000 }],
          },
        },
      },
      agents: { defaults: { model: "assay/gpt-5", workspace: work } },
    }),
  }),
  server: ({ port }) => ({ argv: ["gateway", "run", "--port", String(port)], readyText: "[gateway] ready" }),
  invoke: (_place, _target, prompt) => ({
    argv: ["agent", "--session-id", SESSION_ID, "--message", prompt, "--json"],
  }),
  // A session is a channel that stands for months: each prompt is a run, and its agents are of it.
  runTree: [
    "run (client)",
    "  no turn",
    "    main: report:0 report:1 report:2 report:3",
    "      agent: north:0 north:1",
    "      agent: south:0 south:1",
    "run (client)",
    "  no turn",
    "    main: question:0 question:1",
  ].join("\n"),
};

// opencode, on OpenAI's chat completions.

import { laboratoryPrompts, laboratoryTasks } from "./laboratory.ts";
import { CLIENT_PACKAGES } from "./packages.ts";
import type { RealClient } from "./real-client.ts";

const TASKS = laboratoryTasks({
  shell: (command) => ({ name: "bash", input: { command, description: "Look at the sample log" } }),
  spawn: (name, prompt) => ({
    name: "task",
    input: { description: `Check ${name}`, prompt, subagent_type: "general" },
  }),
});

export const OPENCODE: RealClient = {
  name: "opencode",
  package: CLIENT_PACKAGES.opencode,
  prompts: laboratoryPrompts(TASKS),
  tasks: TASKS,
  files: (_place, { url, key }) => ({
    ".config/opencode/opencode.json": JSON.stringify({
      provider: {
        assay: {
          npm: "@ai-sdk/openai-compatible",
          options: { baseURL: `${url}/v1`, apiKey: key },
          models: { "gpt-5": { name: "gpt-5" } },
        },
      },
    }),
  }),
  invoke: (_place, _target, prompt, index) => ({
    argv: [
      "run",
      // Without a title it asks a small model for one.
      ...(index === 0 ? ["--title", "Samples"] : ["--continue"]),
      "-m",
      "assay/gpt-5",
      "--format",
      "json",
      prompt,
    ],
    environment: { OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_AUTOUPDATE: "1" },
  }),
  runTree: [
    "run (client)",
    "  no turn",
    "    main: question:0 question:1 report:0 report:1 report:2",
    "      agent: north:0 north:1",
    "      agent: south:0 south:1",
  ].join("\n"),
};

// Gemini CLI, on generateContent. It says nothing of sessions or agents; a sub-agent ends by a tool that is given to it alone.

import { laboratoryPrompts, laboratoryTasks } from "./laboratory.ts";
import { CLIENT_PACKAGES } from "./packages.ts";
import type { RealClient } from "./real-client.ts";

const TASKS = laboratoryTasks({
  shell: (command) => ({
    name: "run_shell_command",
    input: { command, description: "Looks at the sample log." },
  }),
  spawn: (_name, prompt) => ({ name: "invoke_agent", input: { agent_name: "generalist", prompt } }),
  finish: (response) => ({ name: "complete_task", input: { result: { response } } }),
});

export const GEMINI_CLI: RealClient = {
  name: "gemini-cli",
  package: CLIENT_PACKAGES.geminiCli,
  prompts: laboratoryPrompts(TASKS),
  tasks: TASKS,
  files: () => ({
    ".gemini/settings.json": JSON.stringify({
      security: { auth: { selectedType: "gemini-api-key" } },
      privacy: { usageStatisticsEnabled: false },
      general: { enableAutoUpdate: false },
    }),
  }),
  invoke: (_place, { url, key }, prompt, index) => ({
    argv: [
      "--yolo",
      "-m",
      "gemini-2.5-flash",
      "--output-format",
      "json",
      ...(index === 0 ? [] : ["--resume", "latest"]),
      "-p",
      prompt,
    ],
    environment: {
      GEMINI_API_KEY: key,
      GOOGLE_GEMINI_BASE_URL: url,
      GEMINI_CLI_TRUST_WORKSPACE: "true",
    },
  }),
  runTree: [
    "run (chain)",
    "  no turn",
    "    main: question:0 question:1 report:0 report:1 report:2",
    "      agent: north:0 north:1",
    "      agent: south:0 south:1",
  ].join("\n"),
};

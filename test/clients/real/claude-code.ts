// Claude Code, on Anthropic's messages. Its sub-agents run in the background: the main agent answers once without them, and again
// for each report that comes in. A sub-agent of a sub-agent is waited for.

import { laboratoryPrompts, laboratoryTasks } from "./laboratory.ts";
import { CLIENT_PACKAGES } from "./packages.ts";
import type { RealClient } from "./real-client.ts";

const SESSION_ID = "5b0c2f6e-3d0a-4a51-9b7e-0d6f3a1c9e42";

const TASKS = laboratoryTasks({
  shell: (command) => ({ name: "Bash", input: { command, description: "Look at the sample log" } }),
  spawn: (name, prompt) => ({
    name: "Agent",
    input: { description: `Check ${name}`, prompt, subagent_type: "general-purpose" },
  }),
  waiting: [
    { text: "Both agents are at work; I wait for their reports." },
    { text: "The first report is here; I wait for the second." },
  ],
  northAfter: ["report:2"],
  southAfter: ["report:3"],
  isNesting: true,
});

export const CLAUDE_CODE: RealClient = {
  name: "claude-code",
  package: CLIENT_PACKAGES.claudeCode,
  prompts: laboratoryPrompts(TASKS),
  tasks: TASKS,
  files: () => ({}),
  invoke: (_place, { url, key }, prompt, index) => ({
    argv: [
      "-p",
      prompt,
      ...(index === 0 ? ["--session-id", SESSION_ID] : ["--resume", SESSION_ID]),
      "--allowedTools",
      "Bash",
      "--output-format",
      "json",
    ],
    environment: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: key,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_GATEWAY_HINT_HEADERS: "1",
      // Lets it use tools as root.
      IS_SANDBOX: "1",
    },
  }),
  runTree: [
    "run (client)",
    "  turn",
    "    main: report:0 report:1 report:2 report:3 report:4",
    "      agent: north:0 north:1",
    "      agent: south:0 south:1",
    "        agent: vein:0 vein:1",
    "  turn",
    "    main: question:0 question:1",
  ].join("\n"),
};

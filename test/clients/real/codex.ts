// Codex, on OpenAI's responses. Its agents are started, and then waited for with the ids that starting them gave.

import { laboratoryPrompts, laboratoryTasks } from "./laboratory.ts";
import { CLIENT_PACKAGES } from "./packages.ts";
import type { RealClient } from "./real-client.ts";
import type { ModelToolCall, ShownText } from "../scripted/scripted-model.ts";

const GROUP = "multi_agent_v1";
const WAIT_MS = 60_000;

const WAIT_FOR_THE_NEXT: ModelToolCall = {
  name: "wait_agent",
  namespace: GROUP,
  input: (shown) => ({ targets: agentsAtWork(shown), timeout_ms: WAIT_MS }),
};

/** Those that were started, without those whose report is there. */
function agentsAtWork(shown: readonly ShownText[]): string[] {
  const results = shown.filter(({ role }) => role === "tool").map(({ text }) => text);
  const reports = results.filter((text) => text.includes('"completed"'));
  return results
    .flatMap((text) => /"agent_id":\s*"([^"]+)"/.exec(text)?.[1] ?? [])
    .filter((id) => !reports.some((text) => text.includes(id)));
}

const TASKS = laboratoryTasks({
  shell: (cmd) => ({ name: "exec_command", input: { cmd } }),
  spawn: (_name, message) => ({ name: "spawn_agent", namespace: GROUP, input: { message } }),
  waiting: [
    { text: "Both agents are at work; I wait for one of them.", calls: [WAIT_FOR_THE_NEXT] },
    { text: "The first report is here; I wait for the second.", calls: [WAIT_FOR_THE_NEXT] },
  ],
  northAfter: ["report:2"],
  southAfter: ["report:3"],
});

export const CODEX: RealClient = {
  name: "codex",
  package: CLIENT_PACKAGES.codex,
  prompts: laboratoryPrompts(TASKS),
  tasks: TASKS,
  files: (_place, { url }) => ({
    ".codex/config.toml": [
      'model = "gpt-5.2-codex"',
      'model_provider = "assay"',
      'approval_policy = "never"',
      'sandbox_mode = "danger-full-access"',
      "[analytics]",
      "enabled = false",
      "[model_providers.assay]",
      'name = "assay"',
      `base_url = "${url}/v1"`,
      'env_key = "ASSAY_KEY"',
      'wire_api = "responses"',
      "",
    ].join("\n"),
  }),
  invoke: (_place, { key }, prompt, index) => ({
    argv: ["exec", ...(index === 0 ? [] : ["resume", "--last"]), "--skip-git-repo-check", "--json", prompt],
    environment: { ASSAY_KEY: key },
  }),
  runTree: [
    "run (client)",
    "  turn",
    "    main: report:0 report:1 report:2 report:3 report:4",
    "      agent: north:0 north:1",
    "      agent: south:0 south:1",
    "  turn",
    "    main: question:0 question:1",
  ].join("\n"),
};

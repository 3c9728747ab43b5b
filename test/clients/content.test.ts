// What a person wrote is told from what the client wrapped around it, and the client's tools from each other.

import { describe, expect, test } from "vitest";
import { contentOf } from "../../ingest/gateway/clients/all-clients.ts";
import { PLAIN_CONTENT } from "../../ingest/gateway/clients/client-content.ts";

describe("of a text, the person's words are left", () => {
  test.each([
    ["claude-code", "<system-reminder>\nDate\n</system-reminder>\nMend it", "Mend it"],
    [
      "claude-code",
      "Mend <system-reminder>a</system-reminder>it<new-diagnostics>b</new-diagnostics>",
      "Mend it",
    ],
    ["claude-code", "<command-name>/fix</command-name><command-args>the login</command-args>", "the login"],
    ["claude-code", "<bash-input>ls</bash-input><bash-stdout>a b</bash-stdout>", "ls"],
    ["claude-code", "[Request interrupted by user]\nNo", "No"],
    ["claude-code", "This session is being continued from a previous conversation that ran out", ""],
    ["claude-code", "What is a <system-reminder>?", "What is a <system-reminder>?"],
    ["codex", "<environment_context>\n<cwd>/x</cwd>\n</environment_context>", ""],
    ["codex", "# AGENTS.md instructions for /x\n\n<INSTRUCTIONS>\nBe brief\n</INSTRUCTIONS>", ""],
    ["codex", "Mend it", "Mend it"],
    ["gemini-cli", "<session_context>\nThis is the Gemini CLI.\n</session_context>\nMend it", "Mend it"],
    ["opencode", "Mend it\n<system-reminder>Plan mode</system-reminder>", "Mend it"],
    ["cline", '<user_input mode="act">Mend it</user_input>', "Mend it"],
    ["cline", "<task>\nMend it\n</task>\n<environment_details>\nfiles\n</environment_details>", "Mend it"],
    ["openclaw", "[Mon 2026-11-23 10:00 UTC] Mend it\n\nRuntime: agent=main | session=a | host=h", "Mend it"],
    ["openclaw", 'Sender: ⟦openclaw:ctx⟧\n```json\n{"name":"n"}\n```\n\nMend it', "Mend it"],
    [
      "openclaw",
      "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>\nkeep\n<<<END_OPENCLAW_INTERNAL_CONTEXT>>>\nMend it",
      "Mend it",
    ],
    ["unknown", "<system-reminder>a</system-reminder>", "<system-reminder>a</system-reminder>"],
  ])("%s: %j", (client, text, words) => {
    expect(contentOf(client).stripWrappers(text)).toBe(words);
  });

  test("also those that a sub-agent of openclaw was told, as its parent wrote them", () => {
    const opening = [
      "[Mon 2026-11-23 10:00 UTC] [Subagent Context] You are running as a subagent (depth 1/5). Complete the current [Subagent Task].",
      "[Subagent Task]",
      "Look for the cause",
      "Begin. Execute the assigned task to completion.",
    ];
    expect(contentOf("openclaw").stripWrappers(opening.join("\n\n"))).toBe("Look for the cause");
  });
});

describe("of a system prompt, what changes from call to call is left out", () => {
  test.each([
    ["claude-code", "x-anthropic-billing-header: cc_version=2.1.329.136;\nYou are", "You are"],
    ["claude-code", "You are\ngitStatus: on main\nM a.ts", "You are"],
    ["gemini-cli", "You are\nToday's date is Monday\nBe brief", "You are\nBe brief"],
    ["openclaw", "You are\nRuntime: agent=main | host=h", "You are"],
    [
      "openclaw",
      "You are\n<!-- openclaw:attempt:DYNAMIC -->\nChannel: a\n<!-- /openclaw:attempt:DYNAMIC -->",
      "You are\n",
    ],
  ])("%s: %j", (client, system, left) => {
    expect(contentOf(client).stripVolatile(system)).toBe(left);
  });
});

test("a client's tools are known by their names", () => {
  const kinds = [
    ["claude-code", "Bash", "execute"],
    ["claude-code", "WebFetch", "read"],
    ["codex", "apply_patch", "write"],
    ["gemini-cli", "run_shell_command", "execute"],
    ["opencode", "edit", "write"],
    ["openclaw", "message", "communicate"],
    ["cline", "run_commands", "execute"],
  ] as const;
  for (const [client, tool, kind] of kinds) expect(contentOf(client).toolKinds.get(tool)).toBe(kind);
  expect(contentOf("claude-code").toolKinds.get("bash")).toBeUndefined();
});

test("of a client that is not known, a text is all its user's", () => {
  expect(contentOf("somebody")).toBe(PLAIN_CONTENT);
  expect(contentOf("constructor")).toBe(PLAIN_CONTENT);
});

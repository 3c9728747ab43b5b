// Cline. On the wire it is a Vercel AI SDK (or, in older editions, a provider's SDK), so it is known by how it introduces itself.
// (Measured with the command line of 2026; the introduction is in the published package @cline/core.)

import type { Client } from "./client.ts";
import { toolKindsOf } from "./client-content.ts";
import { isIntroducedAs } from "./client-request.ts";
import { matchUserAgent } from "./user-agent.ts";
import { withoutElements, withoutTags } from "./wrappers.ts";

const USER_AGENTS = /^(?:ai-sdk\/|ai\/|OpenAI\/JS |Anthropic\/JS )/;

export const cline: Client = {
  name: "cline",
  // The user agent's version is the SDK's.
  recognise: (request) =>
    matchUserAgent(request, USER_AGENTS) !== undefined && isIntroducedAs(request, "You are Cline,")
      ? ""
      : undefined,
  read: () => ({}),
  content: {
    stripWrappers: (text) =>
      withoutTags(withoutElements(text, ["environment_details", "mode_notice", "file_content"]), [
        "task",
        "user_input",
        "user_command",
        "user_message",
        "feedback",
      ]).trim(),
    stripVolatile: (system) => system,
    toolKinds: toolKindsOf({
      read: [
        "read_files",
        "read_file",
        "list_files",
        "search_files",
        "search_codebase",
        "fetch_web_content",
        "access_mcp_resource",
      ],
      write: ["editor", "write_to_file", "replace_in_file", "apply_patch"],
      execute: ["run_commands", "execute_command", "browser_action"],
      communicate: ["team_send_message", "team_broadcast"],
    }),
  },
};

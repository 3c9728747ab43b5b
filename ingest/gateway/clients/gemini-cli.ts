// Gemini CLI. Nothing on the wire names its session; a run is found by what its calls continue. What it asks for itself (which model
// to take, whether the model is caught in a loop, a summary) it asks in one piece, and its user's part always as a stream.
// (Measured with 0.61.0. Its user agent names a model, which is not the one that is called, and says `tui` also of `gemini -p`.)

import type { Client } from "./client.ts";
import { toolKindsOf } from "./client-content.ts";
import { matchUserAgent } from "./user-agent.ts";
import { withoutElements, withoutLines } from "./wrappers.ts";

const USER_AGENT = /^GeminiCLI[\w-]*\/([\w.-]+)/;

export const geminiCli: Client = {
  name: "gemini-cli",
  recognise: (request) => matchUserAgent(request, USER_AGENT),
  read: ({ isStream }) => (isStream ? {} : { kind: "auxiliary" }),
  content: {
    stripWrappers: (text) => withoutElements(text, ["session_context", "hook_context", "state_snapshot"]),
    stripVolatile: (system) => withoutLines(system, [/^\s*Today's date/]),
    toolKinds: toolKindsOf({
      read: [
        "read_file",
        "read_many_files",
        "list_directory",
        "glob",
        "grep_search",
        "search_file_content",
        "web_fetch",
        "google_web_search",
        "read_mcp_resource",
        "list_mcp_resources",
        "get_internal_docs",
      ],
      write: ["replace", "write_file"],
      execute: ["run_shell_command"],
    }),
  },
};

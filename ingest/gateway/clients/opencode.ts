// opencode, with the same headers towards every provider. A sub-agent has a session of its own and names the one that started it.
// What it asks for itself (a title, a summary) offers the model no tools, which its user's part always does.
// (Measured with 1.18.33; its own provider gets `x-opencode-…` instead.)

import type { Author, Client } from "./client.ts";
import { toolKindsOf } from "./client-content.ts";
import { bodySaid, firstSaid, headerSaid, offersNoTools } from "./client-request.ts";
import { matchUserAgent } from "./user-agent.ts";
import { withoutElements, withoutLines } from "./wrappers.ts";

const USER_AGENT = /^opencode\/([\w.-]+)/;

export const opencode: Client = {
  name: "opencode",
  recognise: (request) => matchUserAgent(request, USER_AGENT),
  read(request) {
    const { headers } = request;
    const parentSession = headerSaid(headers, "x-parent-session-id");
    const session = firstSaid(
      headerSaid(headers, "x-session-id", "x-session-affinity", "x-opencode-session"),
      bodySaid(request, "prompt_cache_key"),
    );
    const isChild = parentSession !== undefined;
    const ownKind = offersNoTools(request) ? "auxiliary" : undefined;
    return {
      session,
      parentSession,
      turn: headerSaid(headers, "x-opencode-request"),
      agent: isChild ? session : undefined,
      kind: isChild ? "subagent" : ownKind,
    };
  },
  authorOf: (text): Author | undefined =>
    text.startsWith("Generate a title for this conversation") ? "client" : undefined,
  content: {
    stripWrappers: (text) => withoutElements(text, ["system-reminder", "file"]),
    stripVolatile: (system) => withoutLines(system, [/^\s*Today's date/]),
    toolKinds: toolKindsOf({
      read: ["read", "glob", "grep", "list", "webfetch", "websearch", "codesearch", "lsp"],
      write: ["edit", "multiedit", "write", "patch", "apply_patch"],
      execute: ["bash"],
    }),
  },
};

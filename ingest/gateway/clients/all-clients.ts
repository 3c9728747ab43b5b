// Every client that is known, the most particular first: some send an SDK's user agent, and are known by more than that.

import { claudeCode } from "./claude-code.ts";
import { cline } from "./cline.ts";
import type { Client } from "./client.ts";
import { PLAIN_CONTENT, type ClientContent } from "./client-content.ts";
import type { ClientRequest } from "./client-request.ts";
import { codex } from "./codex.ts";
import { geminiCli } from "./gemini-cli.ts";
import { CLIENTS_KNOWN_BY_NAME } from "./known-by-name.ts";
import { openclaw } from "./openclaw.ts";
import { opencode } from "./opencode.ts";

const CLIENTS: readonly Client[] = [
  claudeCode,
  codex,
  geminiCli,
  opencode,
  openclaw,
  cline,
  ...CLIENTS_KNOWN_BY_NAME,
];

const CONTENTS: ReadonlyMap<string, ClientContent> = new Map(
  CLIENTS.map(({ name, content }) => [name, content]),
);

/** Which client is calling, and its version; undefined where nothing tells. */
export function recogniseClient(request: ClientRequest): { client: Client; version: string } | undefined {
  for (const client of CLIENTS) {
    const version = client.recognise(request);
    if (version !== undefined) return { client, version };
  }
  return undefined;
}

/** What is known of the texts that a client sends. @param client as events name it */
export function contentOf(client: string): ClientContent {
  return CONTENTS.get(client) ?? PLAIN_CONTENT;
}

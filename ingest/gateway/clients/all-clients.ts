// Every client that is known by name, one file each.

import { PLAIN_CONTENT, type ClientContent } from "./client-content.ts";

const CONTENTS: ReadonlyMap<string, ClientContent> = new Map();

/** What is known of the texts that a client sends. @param client as events name it */
export function contentOf(client: string): ClientContent {
  return CONTENTS.get(client) ?? PLAIN_CONTENT;
}

// The interfaces whose conversations can be read.

import type { Api } from "../../../schemas/closed-lists.ts";
import { chat } from "./chat.ts";
import type { ContentReader } from "./conversation.ts";
import { generate } from "./generate.ts";
import { messages } from "./messages.ts";
import { responses } from "./responses.ts";

const READERS: Partial<Readonly<Record<Api, ContentReader>>> = { chat, generate, messages, responses };

/** Undefined for interfaces without a conversation. */
export function contentReaderOf(api: Api): ContentReader | undefined {
  return READERS[api];
}

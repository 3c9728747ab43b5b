// Who wrote the newest content of a request: all that follows its last assistant message. A text of role user says it by its own words
// where a client's file knows them. What is left after the client's wrappers is a parent agent's in a sub-agent, a person's in an
// interactive client, and nobody can tell whose in a program.

import type { TokenEvent } from "../../../schemas/token-event.ts";
import { readNewest } from "../content/newest.ts";
import type { Author, Client, ClientSays } from "./client.ts";
import { PLAIN_CONTENT } from "./client-content.ts";
import type { ClientRequest } from "./client-request.ts";
import { isScheduled } from "./heartbeat.ts";

/** Where a request holds texts of several authors, the first of these. A person's own words go last: they are told by what is left. */
const AUTHORS: readonly Author[] = ["client", "schedule", "agent", "tool", "human"];

export interface TriggerReading {
  trigger: TokenEvent["trigger"];
  /** Whether the client wrote the newest text for itself: a summary of the conversation, a title. */
  isClientsOwn: boolean;
}

export function readTrigger(
  { api, body }: ClientRequest,
  client: Client | undefined,
  says: ClientSays,
): TriggerReading {
  const newest = body && readNewest(api, body.text, body.members);
  if (!newest) return { trigger: "unknown", isClientsOwn: false };
  const authorOf = client?.authorOf ?? authorOfPlatform;
  const authors = new Set(newest.texts.map(authorOf));
  const author = AUTHORS.find((candidate) => authors.has(candidate));
  if (author === "client") return { trigger: "unknown", isClientsOwn: true };
  return { trigger: author ?? triggerOf(newest, client, says), isClientsOwn: false };
}

/** Any program may be an agent platform. */
function authorOfPlatform(text: string): Author | undefined {
  return isScheduled(text) ? "schedule" : undefined;
}

function triggerOf(
  { texts, hasToolResults }: { texts: readonly string[]; hasToolResults: boolean },
  client: Client | undefined,
  { kind, entrypoint }: ClientSays,
): TokenEvent["trigger"] {
  const { stripWrappers } = client?.content ?? PLAIN_CONTENT;
  const hasText = texts.some((text) => stripWrappers(text).trim() !== "");
  if (!hasText) return hasToolResults ? "tool" : "unknown";
  if (kind === "subagent") return "agent";
  return entrypoint === "interactive" ? "human" : "unknown";
}

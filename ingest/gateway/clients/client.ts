// What a client's file tells the gateway. To add a client, add one file that exports a `Client` and name it in `all-clients.ts`;
// where its user agent is all that is known of it, a line in `known-by-name.ts` is enough.
//
// Always holds: a client says what it calls its own work (session, run, turn, agent), and never who pays for it. Person, team and
// key come from `identity/` alone, whatever a client writes into its headers or its body.

import type { TokenEvent } from "../../../schemas/token-event.ts";
import type { ClientContent } from "./client-content.ts";
import type { ClientRequest, Said } from "./client-request.ts";

/** How a client was driven, and whose agent makes the call, as far as the client says so. */
export interface ClientSays {
  entrypoint?: TokenEvent["entrypoint"] | undefined;
  /** The session or thread that a person would call one conversation. */
  session?: Said;
  /** A run within it that the client has a name for. */
  run?: Said;
  /** What one prompt of a person set going, in all agents. */
  turn?: Said;
  /** The sub-agent that makes this call; not said of the main one. */
  agent?: Said;
  /** The sub-agent that started this one; not said where the main one did. */
  parentAgent?: Said;
  /** The session that started this one, for clients whose sub-agents have sessions of their own. */
  parentSession?: Said;
  /** Where the call is not the main conversation's. */
  kind?: "subagent" | "auxiliary" | undefined;
}

/** Who wrote a text of role user, where its own words tell: `client` writes for itself (a summary, a title). */
export type Author = "human" | "agent" | "tool" | "schedule" | "client";

export interface Client {
  /** As events name it. */
  name: string;
  /** The client's version, '' where it is not said; undefined where the request is another client's. */
  recognise: (request: ClientRequest) => string | undefined;
  read: (request: ClientRequest) => ClientSays;
  /** Of a text as it stands in the request, wrappers included; undefined where its words do not tell. */
  authorOf?: (text: string) => Author | undefined;
  content: ClientContent;
}

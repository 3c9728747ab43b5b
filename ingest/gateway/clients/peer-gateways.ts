// Headers in which callers tell other gateways of their sessions and runs. Whoever moves to Assay, or has it behind another gateway,
// goes on sending them. None of them names a person here: that is for keys and trusted headers alone.
// (docs.litellm.ai, docs.helicone.ai, portkey.ai/docs, docs.getbifrost.ai, envoyproxy's ai-gateway.)

import type { IncomingHttpHeaders } from "node:http";
import { headerSaid, type Said } from "./client-request.ts";

const SESSION_HEADERS = [
  "x-litellm-session-id",
  "helicone-session-id",
  "x-bf-session-id",
  "agent-session-id",
] as const;
const RUN_HEADERS = ["x-litellm-trace-id", "x-portkey-trace-id"] as const;

export function readPeerGateways(headers: IncomingHttpHeaders): { session: Said; run: Said } {
  return {
    session: headerSaid(headers, ...SESSION_HEADERS),
    run: headerSaid(headers, ...RUN_HEADERS),
  };
}

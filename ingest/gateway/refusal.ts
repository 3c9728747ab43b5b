// A call that Assay itself does not let through, or could not. It is answered in the provider's own error shape, so that
// clients show its sentence, and with `x-should-retry: false` where trying again can't help (the OpenAI and Anthropic
// client libraries honour that header).

import type { ServerResponse } from "node:http";
import type { ErrorKind } from "../../schemas/closed-lists.ts";
import type { Provider } from "./providers/provider.ts";

export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly kind: ErrorKind;

  constructor(status: number, kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.kind = kind;
  }
}

/** Answers a refused call. Without a provider, because the path named none, the shape is OpenAI's. */
export function sendRefusal(
  outgoing: ServerResponse,
  provider: Provider,
  refusal: Refusal,
  eventId?: string,
): number {
  const body = Buffer.from(JSON.stringify(provider.refusal(refusal.status, refusal.kind, refusal.message)));
  const headers = ["content-type", "application/json", "content-length", String(body.length)];
  if (refusal.status < 500) headers.push("x-should-retry", "false");
  if (eventId !== undefined) headers.push("x-assay-event-id", eventId);
  outgoing.writeHead(refusal.status, headers);
  outgoing.end(body);
  return body.length;
}

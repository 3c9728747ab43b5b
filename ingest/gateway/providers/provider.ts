// What a provider's file tells the gateway. To add a provider, add one file that exports a `Provider` and name it in
// `all-providers.ts`; nothing else knows providers apart.

import type { Api, ErrorKind, RequestKind, StopKind } from "../../../schemas/closed-lists.ts";
import type { TokenEvent, TokenField } from "../../../schemas/token-event.ts";
import type { UpstreamKind } from "../../../schemas/upstreams.ts";
import type { Members } from "../json-scan.ts";

/** What a request asks of its provider, as far as method and path tell. */
export interface Operation {
  api: Api;
  requestKind: RequestKind;
  /** Whether an answer reports usage. What does not is forwarded all the same, and recorded as an unmetered call. */
  isMetered: boolean;
  /** Only where the path names them. */
  model?: string;
  isStream?: boolean;
}

/** The fields of an event that the request's body tells. */
export type RequestFacts = Partial<
  Pick<
    TokenEvent,
    | "model_requested"
    | "stream"
    | "max_output_tokens"
    | "service_tier"
    | "effort"
    | "messages"
    | "tools_offered"
    | "previous_response_id"
  >
>;

/** Token counts of an answer, disjoint. A field that is absent is unknown. */
export type TokenCounts = Partial<Record<TokenField, number | null>>;

/** What has been read of an answer so far. */
export interface Reading {
  tokens: TokenCounts | undefined;
  /** Whether `tokens` are the provider's last word, and not those of an unfinished stream. */
  isFinal: boolean;
  /** Whether the provider has said that nothing more comes: a client may close from here on, and has all. */
  isEnded: boolean;
  responseId: string | null;
  modelServed: string | null;
  serviceTier: string | null;
  stopReason: string | null;
  errorKind: ErrorKind | null;
  /** Calls of tools that the provider runs and bills itself. */
  serverToolCalls: Record<string, number>;
  /** The provider's usage object. */
  usage: unknown;
}

export interface AnswerReader {
  readonly reading: Reading;
  /** One event of a stream. */
  readEvent(type: string, data: Buffer): void;
  /** A whole answer. */
  readBody(body: Buffer): void;
}

export interface Provider {
  kind: UpstreamKind;
  /** Whether a path without a provider's prefix is this provider's own. */
  isNativePath(path: string): boolean;
  classify(method: string, path: string): Operation;
  readRequest(body: Buffer, members: Members | undefined): RequestFacts;
  createReader(operation: Operation): AnswerReader;
  /** Whether an upstream is known to take `stream_options` in a chat request; one that rejects it is never asked. */
  acceptsStreamOptions(upstreamName: string): boolean;
  /** The provider's stop reasons, in one vocabulary. */
  stopKinds: Readonly<Record<string, StopKind>>;
  /** The header that carries the organisation's own key: name and value. */
  authorization(key: string): [name: string, value: string];
  /** The body of a refusal by Assay, in the provider's own shape, so that clients show its message properly. */
  refusal(status: number, kind: ErrorKind, message: string): object;
}

export function emptyReading(): Reading {
  return {
    tokens: undefined,
    isFinal: false,
    isEnded: false,
    responseId: null,
    modelServed: null,
    serviceTier: null,
    stopReason: null,
    errorKind: null,
    serverToolCalls: {},
    usage: undefined,
  };
}

/** `total` without the parts that are known; null where the total is not, or is less than its parts. */
export function without(
  total: number | null,
  ...parts: readonly (number | null | undefined)[]
): number | null {
  if (total === null) return null;
  const rest = parts.reduce<number>((left, part) => left - (part ?? 0), total);
  return rest >= 0 ? rest : null;
}

// What a provider's file tells the gateway. To add a provider, add one file that exports a `Provider` and name it in
// `all-providers.ts`; nothing else knows providers apart.
//
// Always holds of what a reader has read: counts are disjoint, a count that nobody reported is unknown and not 0, and where
// the parts do not add up to the totals that the provider itself gave, both stay as they were reported (`hasMismatch`).

import type { Api, ErrorKind, RequestKind, StopKind } from "../../../schemas/closed-lists.ts";
import type { TokenEvent, TokenField } from "../../../schemas/token-event.ts";
import type { UpstreamKind } from "../../../schemas/upstreams.ts";
import type { Members } from "../json-scan.ts";

/** Stands for the method where a client asks for a WebSocket: each response over it is a call, as a POST's is. */
export const UPGRADE = "UPGRADE";

/** What a request asks of its provider, as far as method and path tell. */
export interface Operation {
  api: Api;
  requestKind: RequestKind;
  /** Whether an answer reports usage. What does not is forwarded all the same, and recorded as an unmetered call. */
  isMetered: boolean;
  /** Only where the path names them. */
  model?: string;
  isStream?: boolean;
  /** What its output tokens are where the usage does not split them: text, unless said otherwise; `none`: it has no output. */
  output?: "audio" | "image" | "none";
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

/** Tokens as the provider itself adds them up, parts included; null where it gives no such sum. */
export interface ReportedTotals {
  input: number | null;
  output: number | null;
}

/** What has been read of an answer so far. */
export interface Reading {
  tokens: TokenCounts | undefined;
  totals: ReportedTotals | undefined;
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
  /** @param method as the client sent it, or UPGRADE */
  classify(method: string, path: string): Operation;
  readRequest(body: Buffer, members: Members | undefined): RequestFacts;
  createReader(operation: Operation): AnswerReader;
  /**
   * Whether a chat stream reports usage only when `stream_options` asks for it, and then in a chunk of its own; an upstream
   * that is not known to do so is never asked.
   * @param path with its query, below the upstream's address
   */
  acceptsStreamOptions(upstreamName: string, path: string): boolean;
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
    totals: undefined,
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

/** The counts that are known, together; null where none is. */
export function sum(...counts: readonly (number | null | undefined)[]): number | null {
  const known = counts.filter((count) => typeof count === "number");
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}

/** Whether the parts of an answer's usage differ from the totals that its provider reported. */
export function hasMismatch({ tokens, totals }: Pick<Reading, "tokens" | "totals">): boolean {
  if (!tokens || !totals) return false;
  const { input, output } = sumParts(tokens);
  return (
    (totals.input !== null && totals.input !== input) || (totals.output !== null && totals.output !== output)
  );
}

/** All input, and all output, that disjoint counts hold. */
export function sumParts(tokens: TokenCounts): { input: number; output: number } {
  const input = sum(
    tokens.input_tokens,
    tokens.cache_read_tokens,
    tokens.cache_write_5m_tokens,
    tokens.cache_write_1h_tokens,
    tokens.audio_input_tokens,
    tokens.image_input_tokens,
  );
  const output = sum(
    tokens.output_tokens,
    tokens.reasoning_tokens,
    tokens.audio_output_tokens,
    tokens.image_output_tokens,
  );
  return { input: input ?? 0, output: output ?? 0 };
}

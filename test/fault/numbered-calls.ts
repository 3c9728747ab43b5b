// Calls that carry a number, so that each can be found again wherever it left a trace: in what the client saw, at the provider,
// and in ClickHouse. Everything about a call follows from its number: the provider it goes to, whether it is a stream, and the
// tokens that the provider reports for it.

import type { TokenField } from "../../schemas/token-event.ts";
import { isObject } from "../services/fixtures-types.ts";
import { startReplayProvider, type ReplayProvider } from "../services/replay-provider.ts";
import type { ReplayUsage } from "../services/replay-provider-usage.ts";
import type { CallLedger } from "./call-ledger.ts";

const SESSION_PREFIX = "call ";
const SESSION = /^call (\d+)$/;
/** Streams last long enough that a kill often falls within one. */
const STREAM_GAP_MS = 15;
/** Coprime to each other, so that the counts of two calls are rarely the same. */
const [INPUT_CYCLE, OUTPUT_CYCLE, CACHED_CYCLE] = [997, 89, 41];

/** The session that the client names, which is kept with the call from its intent on. */
export function sessionOf(number: number): string {
  return `${SESSION_PREFIX}${number}`;
}

/** Undefined for a session that no numbered call has. */
export function numberOf(session: string | null): number | undefined {
  const digits = SESSION.exec(session ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** What the provider reports for a call. */
export function usageOf(number: number): Required<Pick<ReplayUsage, ReportedField>> {
  return {
    input_tokens: 1 + (number % INPUT_CYCLE),
    cache_read_tokens: number % CACHED_CYCLE,
    output_tokens: 1 + (number % OUTPUT_CYCLE),
  };
}

type ReportedField = Extract<TokenField, "input_tokens" | "cache_read_tokens" | "output_tokens">;

export interface NumberedRequest {
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export function requestOf(number: number, key: string): NumberedRequest {
  const stream = number % 2 === 0;
  const messages = [{ role: "user", content: sessionOf(number) }];
  const common = { "content-type": "application/json", "x-assay-session-id": sessionOf(number) };
  if (number % 4 < 2) {
    const headers = { ...common, authorization: `Bearer ${key}` };
    return {
      path: "/v1/chat/completions",
      headers,
      body: JSON.stringify({ model: "gpt-5", stream, messages }),
    };
  }
  const headers = { ...common, "x-api-key": key, "anthropic-version": "2023-06-01" };
  const body = JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 100, stream, messages });
  return { path: "/v1/messages", headers, body };
}

/** A provider that notes in the ledger which calls it has seen, before it answers them. */
export async function startNumberedProvider(ledger: CallLedger): Promise<ReplayProvider> {
  return startReplayProvider({
    pace: { gapMs: STREAM_GAP_MS },
    isKeeping: false,
    usageOf(requestJson) {
      const number = numberOf(readContent(requestJson));
      if (number === undefined) throw new Error(`Not a numbered call: ${JSON.stringify(requestJson)}`);
      ledger.reachProvider(number);
      return usageOf(number);
    },
  });
}

function readContent(json: unknown): string | null {
  const [message] = isObject(json) && Array.isArray(json["messages"]) ? json["messages"] : [];
  return isObject(message) && typeof message["content"] === "string" ? message["content"] : null;
}

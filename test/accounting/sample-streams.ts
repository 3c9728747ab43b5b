// The streams that the property tests take to pieces: our own, and recorded ones that are short enough to be cut at every
// byte and differ in where their usage stands.

import { fixturesAvailable, findFixture } from "../services/fixtures.ts";
import { ownFixtures } from "../services/fixtures-own.ts";
import type { Fixture } from "../services/fixtures-types.ts";

const CHOSEN = [
  "agentgateway__agentgateway/crates/llm/tests/response/anthropic/stream_message_delta_usage.json",
  "agentgateway__agentgateway/crates/llm/tests/response/anthropic/stream_thinking.json",
  "anthropics__anthropic-sdk-python/tests/lib/streaming/fixtures/compaction_response.txt",
  "anthropics__anthropic-sdk-python/tests/lib/streaming/fixtures/fallback_credit_response.txt",
  "anthropics__anthropic-sdk-python/tests/lib/streaming/fixtures/refusal_response.txt",
  "vercel__ai/anthropic/anthropic-clear-tool-uses.1.chunks.txt",
  "vercel__ai/anthropic/anthropic-message-delta-input-tokens.chunks.txt",
  "vercel__ai/anthropic/spliced-message-start.chunks.txt",
  "agentgateway__agentgateway/crates/llm/tests/response/vertex-gemini/stream_tool.json",
  "vercel__ai/google/google-reasoning-gemini3.chunks.txt",
  "vercel__ai/google/google-text.chunks.txt",
  "vercel__ai/google/google-tool-call-gemini3.chunks.txt",
  "envoyproxy__ai-gateway/tests/internal/testopenai/cassettes/chat-streaming-detailed-usage.yaml",
  "vercel__ai/groq/groq-tool-call.chunks.txt",
  "vercel__ai/mistral/mistral-text.chunks.txt",
  "vercel__ai/openai/chat/azure-model-router.1.chunks.txt",
  "vercel__ai/xai/xai-text.chunks.txt",
  "agentgateway__agentgateway/crates/llm/tests/response/responses/stream.json",
  "vercel__ai/azure/azure-text.1.chunks.txt",
  "vercel__ai/openai/responses/openai-error.1.chunks.txt",
] as const;

/** @throws Error where the recordings are present, and one of the chosen is not */
export function sampleStreams(): Fixture[] {
  const own = ownFixtures().filter(({ status }) => status === 200);
  if (!fixturesAvailable) return own;
  const recorded = CHOSEN.map((file) => {
    const fixture = findFixture(file);
    if (!fixture) throw new Error(`no recording ${file}`);
    return fixture;
  });
  return [...own, ...recorded];
}

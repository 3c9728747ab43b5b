// What is known of the providers that speak OpenAI's format, by the name of their upstream. Where they differ in the usage
// that they report, `openai-usage.ts` has the paths.

/**
 * When a chat stream says what it used. `on request`: with `stream_options.include_usage`, in a chunk of its own. `always`:
 * unasked, so the asking would bring nothing, could be rejected (Mistral answers 422), or would add to a chunk that the client
 * sees (Groq, DeepSeek). What is not named here is not known, and never asked.
 * Sources: the providers' API references of chat completions; Mistral: openai/openai-agents-python issue 442.
 */
const STREAM_USAGE: Readonly<Record<string, "always" | "on request">> = {
  openai: "on request",
  alibaba: "on request",
  ollama: "on request",
  together: "on request",
  vllm: "on request",
  xai: "on request",
  deepseek: "always",
  groq: "always",
  mistral: "always",
  moonshot: "always",
  openrouter: "always",
  perplexity: "always",
};

export function reportsUsageOnRequest(upstreamName: string): boolean {
  return STREAM_USAGE[upstreamName] === "on request";
}

// The streams that the accounting cases are played with: each provider's events in order, with counts of a test's choice.

export const CHAT = "/v1/chat/completions";
export const RESPONSES = "/v1/responses";
export const MESSAGES = "/v1/messages";
export const GENERATE = "/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse";

export const CHAT_END = "data: [DONE]\n\n";

export function chatChunk(fields: object): string {
  return `data: ${JSON.stringify({ id: "chatcmpl-1", model: "gpt-5", ...fields })}\n\n`;
}

export const CHAT_TEXT = chatChunk({
  choices: [{ index: 0, delta: { content: "Gold is found." } }],
  usage: null,
});
export const CHAT_FINISH = chatChunk({
  choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
  usage: null,
});

export function chatUsage(input: number, output: number, fields: object = { choices: [] }): string {
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  return chatChunk({ ...fields, usage });
}

/** An event whose name is also its `type`, as Anthropic and OpenAI's responses have it. */
export function namedEvent(type: string, fields: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

export const MESSAGE_TEXT = namedEvent("content_block_delta", {
  index: 0,
  delta: { type: "text_delta", text: "Gold is found." },
});
export const MESSAGE_END = namedEvent("message_stop");

/** `placeholder` is the output count of the first event, which is never the real one. */
export function messageStart(input: number, placeholder = 1): string {
  const usage = { input_tokens: input, output_tokens: placeholder };
  return namedEvent("message_start", { message: { id: "msg_1", model: "claude-opus-4-5", usage } });
}

export function messageDelta(output: number): string {
  return namedEvent("message_delta", {
    delta: { stop_reason: "end_turn" },
    usage: { output_tokens: output },
  });
}

export const RESPONSE_TEXT = namedEvent("response.output_text.delta", { delta: "Gold is found." });

export function responseEvent(status: "completed" | "incomplete" | "failed", fields: object): string {
  return namedEvent(`response.${status}`, { response: { id: "resp_1", model: "gpt-5", status, ...fields } });
}

/** A chunk of Gemini, whose usage is what the answer used so far. */
export function generateChunk(input: number, output: number, finishReason?: string): string {
  const candidate = { content: { parts: [{ text: "Gold." }] }, ...(finishReason && { finishReason }) };
  const usageMetadata = {
    promptTokenCount: input,
    candidatesTokenCount: output,
    totalTokenCount: input + output,
  };
  const chunk = { responseId: "g1", modelVersion: "gemini-3-pro", candidates: [candidate], usageMetadata };
  return `data: ${JSON.stringify(chunk)}\r\n\r\n`;
}

// Streams of answers with a canary in each text and in each argument of a tool.

import { streamAnswer, type ReplayAnswer } from "../services/replay-provider-answer.ts";

/** A text, or a file's name, with a canary for this place. */
export type Say = (place: string) => string;

export function chatStream(say: Say, file: Say): ReplayAnswer {
  const call = {
    index: 0,
    id: "c1",
    type: "function",
    function: { name: "read_file", arguments: JSON.stringify({ path: file("argument") }) },
  };
  const usage = { prompt_tokens: 20, completion_tokens: 8, total_tokens: 28 };
  return streamAnswer([
    chunk({ role: "assistant", content: say("answer") }),
    chunk({ tool_calls: [call] }),
    chunk({}, { choices: [], usage }),
    "data: [DONE]\n\n",
  ]);
}

function chunk(delta: object, more: object = {}): string {
  const content = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    model: "gpt-5",
    choices: [{ index: 0, delta }],
  };
  return `data: ${JSON.stringify({ ...content, ...more })}\n\n`;
}

export function messagesStream(say: Say, file: Say): ReplayAnswer {
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [],
    usage: { input_tokens: 30, output_tokens: 1 },
  };
  return streamAnswer([
    event("message_start", { message }),
    event("content_block_start", { index: 0, content_block: { type: "thinking", thinking: "" } }),
    event("content_block_delta", { index: 0, delta: { type: "thinking_delta", thinking: say("thinking") } }),
    event("content_block_stop", { index: 0 }),
    event("content_block_start", { index: 1, content_block: { type: "text", text: "" } }),
    event("content_block_delta", { index: 1, delta: { type: "text_delta", text: say("answer") } }),
    event("content_block_stop", { index: 1 }),
    event("content_block_start", {
      index: 2,
      content_block: { type: "tool_use", id: "t1", name: "Read", input: {} },
    }),
    event("content_block_delta", {
      index: 2,
      delta: { type: "input_json_delta", partial_json: JSON.stringify({ file_path: file("argument") }) },
    }),
    event("content_block_stop", { index: 2 }),
    event("message_delta", { delta: { stop_reason: "tool_use" }, usage: { output_tokens: 12 } }),
    event("message_stop", {}),
  ]);
}

function event(type: string, content: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...content })}\n\n`;
}

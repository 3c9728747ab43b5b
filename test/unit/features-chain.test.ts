// How clients send a conversation again, and that it is found all the same.

import { expect, test } from "vitest";
import { featuresOf } from "../builders/feature-calls.ts";

const prompt = { role: "user", parts: [{ text: "Count the samples of the north shaft." }] };
const asked = {
  role: "model",
  parts: [{ functionCall: { id: "c1", name: "shell", args: { command: "wc" } } }],
};
const result = { functionResponse: { id: "c1", name: "shell", response: { output: "2" } } };
const answer = { role: "model", parts: [{ text: "It has two samples." }] };
const next = { role: "user", parts: [{ text: "And the south shaft?" }] };

test("a session that is taken up again, with each tool result sent twice, goes on from its last call", () => {
  const call = featuresOf({
    api: "generate",
    request: { contents: [prompt, asked, { role: "user", parts: [result] }] },
  });
  const contents = [prompt, asked, { role: "user", parts: [result, result] }, answer, next];
  const resumed = featuresOf({ api: "generate", request: { contents } });
  expect(call.prefix_hash).not.toBeNull();
  expect(resumed.parent_prefix_hash).toBe(call.prefix_hash);
});

test("two results that are the same, of two calls, are not one", () => {
  const other = { functionResponse: { ...result.functionResponse, id: "c2" } };
  const one = featuresOf({
    api: "generate",
    request: { contents: [prompt, { role: "user", parts: [result] }] },
  });
  const contents = [prompt, { role: "user", parts: [result, other] }];
  expect(featuresOf({ api: "generate", request: { contents } }).prefix_hash).not.toBe(one.prefix_hash);
});

test("messages that go on from an answer which the provider keeps are no conversation of their own", () => {
  const messages = [{ role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "2" }] }];
  const thread = { type: "continue", previous_message_id: "msg_1" };
  const { prefix_hash, parent_prefix_hash } = featuresOf({ api: "messages", request: { messages, thread } });
  expect([prefix_hash, parent_prefix_hash]).toEqual([null, null]);
  expect(featuresOf({ api: "messages", request: { messages } }).prefix_hash).not.toBeNull();
});

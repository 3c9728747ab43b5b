// The libraries that programs are written with, each doing what agents do: it asks, does the tool call that it is answered with, asks
// again with the result, and has its answer. `run` returns what the program gets, so that it can be compared.

import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI, type Content } from "@google/genai";
import { HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, jsonSchema, stepCountIs, streamText, tool, type LanguageModel } from "ai";
import OpenAI from "openai";
import type { ResponseInput } from "openai/resources/responses/responses";
import { isObject } from "../services/fixtures-types.ts";
import type { ModelTask } from "./scripted/scripted-model.ts";

const QUESTION =
  "How many samples does the north shaft have? Count them with the tool, and answer in one sentence.";
const TOOL = "count_samples";
const DESCRIPTION = "Counts the samples of a shaft.";
const ANSWER = "The north shaft has two samples.";
const PARAMETERS = {
  type: "object" as const,
  properties: { shaft: { type: "string" as const } },
  required: ["shaft" as const],
  additionalProperties: false as const,
};

export const LOOP_TASK: ModelTask = {
  name: "count",
  opening: QUESTION,
  steps: [
    { text: "I count them first.", calls: [{ name: TOOL, input: { shaft: "north" } }] },
    { text: ANSWER },
  ],
};

/** What the tool does with its arguments. */
function countSamples(input: unknown): string {
  return isObject(input) && input["shaft"] === "north" ? "2" : "none";
}

export interface Target {
  url: string;
  apiKey: string;
}

export interface LibraryLoop {
  name: string;
  /** As records call it. */
  client: string;
  /** Whether its second call names the answer of its first one, and does not say again what was said. */
  isNamingPrevious?: boolean;
  run: (target: Target) => Promise<unknown>;
}

const openai = ({ url, apiKey }: Target): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

export const LIBRARY_LOOPS: readonly LibraryLoop[] = [
  {
    name: "openai, chat completions as streams",
    client: "openai-sdk",
    run: (target) =>
      openai(target)
        .chat.completions.runTools({
          model: "gpt-5",
          stream: true,
          // Where a stream is not asked for its usage, Assay asks for it, and the requests are not the same.
          stream_options: { include_usage: true },
          messages: [{ role: "user", content: QUESTION }],
          tools: [
            {
              type: "function",
              function: {
                name: TOOL,
                description: DESCRIPTION,
                parameters: PARAMETERS,
                parse: JSON.parse,
                function: countSamples,
              },
            },
          ],
        })
        .finalContent(),
  },
  { name: "openai, responses", client: "openai-sdk", run: loopResponses },
  {
    name: "openai, responses that go on from the one before",
    client: "openai-sdk",
    isNamingPrevious: true,
    run: continueResponses,
  },
  { name: "@anthropic-ai/sdk, messages as streams", client: "anthropic-sdk", run: loopMessages },
  {
    name: "@anthropic-ai/sdk, its tool runner",
    client: "anthropic-sdk",
    isNamingPrevious: true,
    run: runTools,
  },
  { name: "@google/genai, generateContent as streams", client: "google-genai-sdk", run: loopGenerate },
  {
    name: "ai, responses of OpenAI",
    client: "vercel-ai-sdk",
    run: ({ url, apiKey }) => generate(createOpenAI({ baseURL: `${url}/v1`, apiKey })("gpt-5")),
  },
  {
    name: "ai, chat completions of OpenAI as streams",
    client: "vercel-ai-sdk",
    run: ({ url, apiKey }) => stream(createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat("gpt-5")),
  },
  {
    name: "ai, messages of Anthropic as streams",
    client: "vercel-ai-sdk",
    run: ({ url, apiKey }) => stream(createAnthropic({ baseURL: `${url}/v1`, apiKey })("claude-opus-5")),
  },
  {
    name: "ai, generateContent of Google",
    client: "vercel-ai-sdk",
    run: ({ url, apiKey }) =>
      generate(createGoogle({ baseURL: `${url}/v1beta`, apiKey })("gemini-2.5-flash")),
  },
  { name: "@langchain/openai, chat completions", client: "langchain", run: loopLangchain },
];

const RESPONSES_TOOLS = [
  { type: "function" as const, name: TOOL, description: DESCRIPTION, parameters: PARAMETERS, strict: true },
];

async function loopResponses(target: Target): Promise<string> {
  const input: ResponseInput = [{ role: "user", content: QUESTION }];
  for (;;) {
    const { output, output_text } = await openai(target).responses.create({
      model: "gpt-5",
      input,
      tools: RESPONSES_TOOLS,
    });
    const calls = output.filter((item) => item.type === "function_call");
    if (calls.length === 0) return output_text;
    input.push(...output.filter((item) => item.type === "message"), ...calls);
    for (const { call_id, arguments: json } of calls)
      input.push({ type: "function_call_output", call_id, output: countSamples(JSON.parse(json)) });
  }
}

async function continueResponses(target: Target): Promise<string> {
  let input: ResponseInput = [{ role: "user", content: QUESTION }];
  let previous: string | null = null;
  for (;;) {
    const { id, output, output_text }: OpenAI.Responses.Response = await openai(target).responses.create({
      model: "gpt-5",
      input,
      tools: RESPONSES_TOOLS,
      previous_response_id: previous,
    });
    const calls = output.filter((item) => item.type === "function_call");
    if (calls.length === 0) return output_text;
    previous = id;
    input = calls.map(({ call_id, arguments: json }) => ({
      type: "function_call_output",
      call_id,
      output: countSamples(JSON.parse(json)),
    }));
  }
}

async function runTools({ url, apiKey }: Target): Promise<unknown> {
  const message = await new Anthropic({ baseURL: url, apiKey, maxRetries: 0 }).beta.messages.toolRunner({
    model: "claude-opus-5",
    max_tokens: 500,
    messages: [{ role: "user", content: QUESTION }],
    tools: [{ ...MESSAGES_TOOL, run: countSamples, parse: (input) => input }],
  });
  return message.content;
}

const MESSAGES_TOOL = { name: TOOL, description: DESCRIPTION, input_schema: PARAMETERS };

async function loopMessages({ url, apiKey }: Target): Promise<unknown> {
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: QUESTION }];
  for (;;) {
    const { content } = await new Anthropic({ baseURL: url, apiKey, maxRetries: 0 }).messages
      .stream({ model: "claude-opus-5", max_tokens: 500, messages, tools: [MESSAGES_TOOL] })
      .finalMessage();
    const calls = content.filter((block) => block.type === "tool_use");
    if (calls.length === 0) return content;
    const results = calls.map(({ id, input }) => ({
      type: "tool_result" as const,
      tool_use_id: id,
      content: countSamples(input),
    }));
    messages.push({ role: "assistant", content }, { role: "user", content: results });
  }
}

async function loopGenerate({ url, apiKey }: Target): Promise<string> {
  const google = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } });
  const contents: Content[] = [{ role: "user", parts: [{ text: QUESTION }] }];
  const functionDeclarations = [{ name: TOOL, description: DESCRIPTION, parametersJsonSchema: PARAMETERS }];
  for (;;) {
    const chunks = await Array.fromAsync(
      await google.models.generateContentStream({
        model: "gemini-2.5-flash",
        contents,
        config: { tools: [{ functionDeclarations }] },
      }),
    );
    const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
    if (calls.length === 0) return parts.map(({ text = "" }) => text).join("");
    const results = calls.map(({ args }) => ({
      functionResponse: { name: TOOL, response: { output: countSamples(args) } },
    }));
    contents.push({ role: "model", parts }, { role: "user", parts: results });
  }
}

async function loopLangchain({ url, apiKey }: Target): Promise<unknown> {
  const model = new ChatOpenAI({
    model: "gpt-5",
    apiKey,
    maxRetries: 0,
    configuration: { baseURL: `${url}/v1` },
  }).bindTools([
    { type: "function", function: { name: TOOL, description: DESCRIPTION, parameters: PARAMETERS } },
  ]);
  const messages: BaseMessage[] = [new HumanMessage(QUESTION)];
  for (;;) {
    const answer = await model.invoke(messages);
    const calls = answer.tool_calls ?? [];
    if (calls.length === 0) return answer.content;
    messages.push(answer);
    for (const { id = "", args } of calls)
      messages.push(new ToolMessage({ tool_call_id: id, content: countSamples(args) }));
  }
}

const STEPS_MAX = 5;

const asked = {
  prompt: QUESTION,
  tools: {
    [TOOL]: tool({
      description: DESCRIPTION,
      inputSchema: jsonSchema(PARAMETERS),
      execute: countSamples,
    }),
  },
  stopWhen: stepCountIs(STEPS_MAX),
  maxRetries: 0,
};

async function generate(model: LanguageModel): Promise<unknown> {
  const { text, steps } = await generateText({ model, ...asked });
  return { text, steps: steps.length };
}

async function stream(model: LanguageModel): Promise<unknown> {
  const result = streamText({ model, ...asked });
  return { text: await result.text, steps: (await result.steps).length };
}

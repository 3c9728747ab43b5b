// The lines that point programs at the gateway which are written with a provider's library, or with one that speaks to several.
//
// Anthropic's and Google's libraries take a base URL without a version and add it themselves; OpenAI's take it with /v1, and so do
// the Vercel AI SDK and LangChain for OpenAI.

interface SetupStep {
  /** Where the lines go. */
  caption: string;
  lines: string;
}

export interface ClientSetup {
  name: string;
  label: string;
  steps: readonly SetupStep[];
  ownKeySteps: readonly SetupStep[];
}

export const OPENAI_MODEL_EXAMPLE = "gpt-5-mini";
const ENVIRONMENT = "In the environment of your program (Python and JavaScript read the same names)";

/** @param gateway without a slash at its end */
export function toSdkSetups(gateway: string, key: string): ClientSetup[] {
  return [
    openaiSdk(gateway, key),
    anthropicSdk(gateway, key),
    googleSdk(gateway, key),
    vercelSdk(gateway, key),
    langChain(gateway, key),
  ];
}

function openaiSdk(gateway: string, key: string): ClientSetup {
  const program = [
    'import OpenAI from "openai";',
    "",
    `const client = new OpenAI({ baseURL: "${gateway}/v1", apiKey: "${key}" });`,
    `const answer = await client.responses.create({ model: "${OPENAI_MODEL_EXAMPLE}", input: "Say hello." });`,
  ].join("\n");
  return {
    name: "openai-sdk",
    label: "OpenAI SDK",
    steps: [
      {
        caption: ENVIRONMENT,
        lines: `export OPENAI_BASE_URL=${gateway}/v1\nexport OPENAI_API_KEY=${key}`,
      },
      { caption: "Or in JavaScript", lines: program },
    ],
    ownKeySteps: [{ caption: ENVIRONMENT, lines: `export OPENAI_BASE_URL=${gateway}/k/${key}/v1` }],
  };
}

function anthropicSdk(gateway: string, key: string): ClientSetup {
  const program = [
    'import Anthropic from "@anthropic-ai/sdk";',
    "",
    `const client = new Anthropic({ baseURL: "${gateway}", apiKey: "${key}" });`,
    "const answer = await client.messages.create({",
    '  model: "claude-haiku-4-5",',
    "  max_tokens: 100,",
    '  messages: [{ role: "user", content: "Say hello." }],',
    "});",
  ].join("\n");
  return {
    name: "anthropic-sdk",
    label: "Anthropic SDK",
    steps: [
      {
        caption: ENVIRONMENT,
        lines: `export ANTHROPIC_BASE_URL=${gateway}\nexport ANTHROPIC_API_KEY=${key}`,
      },
      { caption: "Or in JavaScript", lines: program },
    ],
    ownKeySteps: [{ caption: ENVIRONMENT, lines: `export ANTHROPIC_BASE_URL=${gateway}/k/${key}` }],
  };
}

function googleSdk(gateway: string, key: string): ClientSetup {
  const program = (apiKey: string, headers: string) =>
    [
      'import { GoogleGenAI } from "@google/genai";',
      "",
      "const client = new GoogleGenAI({",
      `  apiKey: ${apiKey},`,
      `  httpOptions: { baseUrl: "${gateway}"${headers} },`,
      "});",
      'const answer = await client.models.generateContent({ model: "gemini-2.5-flash", contents: "Say hello." });',
    ].join("\n");
  const caption = 'In JavaScript; Python takes the same as http_options={"base_url": …}';
  return {
    name: "google-sdk",
    label: "Google Gen AI SDK",
    steps: [{ caption, lines: program(`"${key}"`, "") }],
    ownKeySteps: [
      {
        caption,
        lines: program("process.env.GEMINI_API_KEY", `, headers: { "x-assay-key": "${key}" }`),
      },
    ],
  };
}

function vercelSdk(gateway: string, key: string): ClientSetup {
  const program = (options: string) =>
    [
      'import { createAnthropic } from "@ai-sdk/anthropic";',
      'import { createOpenAI } from "@ai-sdk/openai";',
      "",
      `const openai = createOpenAI({ baseURL: "${gateway}/v1", ${options} });`,
      `const anthropic = createAnthropic({ baseURL: "${gateway}/v1", ${options} });`,
    ].join("\n");
  const caption = "Where your program makes its providers";
  return {
    name: "vercel-ai-sdk",
    label: "Vercel AI SDK",
    steps: [{ caption, lines: program(`apiKey: "${key}"`) }],
    ownKeySteps: [{ caption, lines: program(`headers: { "x-assay-key": "${key}" }`) }],
  };
}

function langChain(gateway: string, key: string): ClientSetup {
  const program = (credential: string, headers: string) =>
    [
      'import { ChatOpenAI } from "@langchain/openai";',
      "",
      "const model = new ChatOpenAI({",
      `  model: "${OPENAI_MODEL_EXAMPLE}",`,
      ...(credential === "" ? [] : [`  apiKey: "${credential}",`]),
      `  configuration: { baseURL: "${gateway}/v1"${headers} },`,
      "});",
    ].join("\n");
  const caption = "Where your program makes its model";
  return {
    name: "langchain",
    label: "LangChain",
    steps: [{ caption, lines: program(key, "") }],
    ownKeySteps: [{ caption, lines: program("", `, defaultHeaders: { "x-assay-key": "${key}" }`) }],
  };
}

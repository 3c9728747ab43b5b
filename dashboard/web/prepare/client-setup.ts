// The exact lines that point each client at the gateway, to be copied as they stand.
//
// What each client reads was measured on the clients themselves: Anthropic's take a base URL without /v1 and add it
// themselves, OpenAI's take it with /v1, and Codex speaks to other providers through its configuration file only.

interface SetupStep {
  /** Where the lines go. */
  caption: string;
  lines: string;
}

export interface ClientSetup {
  name: string;
  label: string;
  steps: readonly SetupStep[];
}

const KEY_PLACEHOLDER = "YOUR_ASSAY_KEY";
const OPENAI_MODEL_EXAMPLE = "gpt-5-mini";
const ANTHROPIC_MODEL_EXAMPLE = "claude-haiku-4-5";

/** `secret` is a key that was made just now; without one the lines carry a placeholder. */
export function toClientSetups(gatewayUrl: string, secret: string | null): ClientSetup[] {
  const gateway = gatewayUrl.replace(/\/+$/, "");
  const key = secret ?? KEY_PLACEHOLDER;
  return [
    claudeCode(gateway, key),
    codex(gateway, key),
    openaiSdk(gateway, key),
    anthropicSdk(gateway, key),
    { name: "curl", label: "curl", steps: [{ caption: "In a terminal", lines: toCurlLines(gateway, key) }] },
  ];
}

/** One call that can be made from any terminal. */
export function toCurlLines(gatewayUrl: string, key: string = KEY_PLACEHOLDER): string {
  return [
    `curl ${gatewayUrl.replace(/\/+$/, "")}/v1/chat/completions \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"model":"${OPENAI_MODEL_EXAMPLE}","messages":[{"role":"user","content":"Say hello."}]}'`,
  ].join("\n");
}

function claudeCode(gateway: string, key: string): ClientSetup {
  return {
    name: "claude-code",
    label: "Claude Code",
    steps: [
      {
        caption: "In the shell that starts Claude Code",
        lines: `export ANTHROPIC_BASE_URL=${gateway}\nexport ANTHROPIC_AUTH_TOKEN=${key}`,
      },
    ],
  };
}

function codex(gateway: string, key: string): ClientSetup {
  return {
    name: "codex",
    label: "Codex",
    steps: [
      {
        caption: "In ~/.codex/config.toml",
        lines: [
          'model_provider = "assay"',
          "",
          "[model_providers.assay]",
          'name = "Assay"',
          `base_url = "${gateway}/v1"`,
          'env_key = "ASSAY_KEY"',
          'wire_api = "responses"',
        ].join("\n"),
      },
      { caption: "In the shell that starts Codex", lines: `export ASSAY_KEY=${key}` },
    ],
  };
}

function openaiSdk(gateway: string, key: string): ClientSetup {
  return {
    name: "openai-sdk",
    label: "OpenAI SDK",
    steps: [
      {
        caption: "In the environment of your program (Python and JavaScript read the same names)",
        lines: `export OPENAI_BASE_URL=${gateway}/v1\nexport OPENAI_API_KEY=${key}`,
      },
      {
        caption: "Or in JavaScript",
        lines: [
          'import OpenAI from "openai";',
          "",
          `const client = new OpenAI({ baseURL: "${gateway}/v1", apiKey: "${key}" });`,
          `const answer = await client.responses.create({ model: "${OPENAI_MODEL_EXAMPLE}", input: "Say hello." });`,
        ].join("\n"),
      },
    ],
  };
}

function anthropicSdk(gateway: string, key: string): ClientSetup {
  return {
    name: "anthropic-sdk",
    label: "Anthropic SDK",
    steps: [
      {
        caption: "In the environment of your program (Python and JavaScript read the same names)",
        lines: `export ANTHROPIC_BASE_URL=${gateway}\nexport ANTHROPIC_API_KEY=${key}`,
      },
      {
        caption: "Or in JavaScript",
        lines: [
          'import Anthropic from "@anthropic-ai/sdk";',
          "",
          `const client = new Anthropic({ baseURL: "${gateway}", apiKey: "${key}" });`,
          "const answer = await client.messages.create({",
          `  model: "${ANTHROPIC_MODEL_EXAMPLE}",`,
          "  max_tokens: 100,",
          '  messages: [{ role: "user", content: "Say hello." }],',
          "});",
        ].join("\n"),
      },
    ],
  };
}

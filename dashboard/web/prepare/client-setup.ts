// The exact lines that point each client at the gateway, to be copied as they stand.
//
// What each client reads was measured on the clients themselves: Anthropic's take a base URL without /v1 and add it
// themselves, OpenAI's take it with /v1, and Codex speaks to other providers through its configuration file only.
//
// There are two ways. Where the organisation gave Assay its provider key, the Assay key stands where the provider's would.
// Otherwise the client keeps its own provider key, and the Assay key goes beside it: in a header where the client can add
// one, in the base URL where it can't.

import { type ClientSetup, OPENAI_MODEL_EXAMPLE, toSdkSetups } from "./sdk-setup.ts";

const KEY_PLACEHOLDER = "YOUR_ASSAY_KEY";

/** `secret` is a key that was made just now; without one the lines carry a placeholder. */
export function toClientSetups(gatewayUrl: string, secret: string | null): ClientSetup[] {
  const gateway = trimSlashes(gatewayUrl);
  const key = secret ?? KEY_PLACEHOLDER;
  return [
    claudeCode(gateway, key),
    codex(gateway, key),
    geminiCli(gateway, key),
    opencode(gateway, key),
    openclaw(gateway, key),
    cline(gateway, key),
    ...toSdkSetups(gateway, key),
    curl(gateway, key),
  ];
}

/** One call that can be made from any terminal. */
export function toCurlLines(gatewayUrl: string, key: string = KEY_PLACEHOLDER): string {
  return curlLines(trimSlashes(gatewayUrl), [`Authorization: Bearer ${key}`]);
}

function claudeCode(gateway: string, key: string): ClientSetup {
  const caption = "In the shell that starts Claude Code";
  // With the second line it also tells turns and sub-agents apart, and the calls that it makes for itself.
  const address = `export ANTHROPIC_BASE_URL=${gateway}\nexport CLAUDE_CODE_GATEWAY_HINT_HEADERS=1`;
  return {
    name: "claude-code",
    label: "Claude Code",
    steps: [{ caption, lines: `${address}\nexport ANTHROPIC_AUTH_TOKEN=${key}` }],
    ownKeySteps: [{ caption, lines: `${address}\nexport ANTHROPIC_CUSTOM_HEADERS="x-assay-key: ${key}"` }],
  };
}

function codex(gateway: string, key: string): ClientSetup {
  const configuration = (...credentials: string[]) => ({
    caption: "In ~/.codex/config.toml",
    lines: [
      'model_provider = "assay"',
      "",
      "[model_providers.assay]",
      'name = "Assay"',
      `base_url = "${gateway}/v1"`,
      'wire_api = "responses"',
      ...credentials,
    ].join("\n"),
  });
  const environment = { caption: "In the shell that starts Codex", lines: `export ASSAY_KEY=${key}` };
  return {
    name: "codex",
    label: "Codex",
    steps: [configuration('env_key = "ASSAY_KEY"'), environment],
    ownKeySteps: [
      configuration('env_key = "OPENAI_API_KEY"', 'env_http_headers = { "x-assay-key" = "ASSAY_KEY" }'),
      environment,
    ],
  };
}

function geminiCli(gateway: string, key: string): ClientSetup {
  const caption = "In the shell that starts Gemini CLI";
  const address = `export GOOGLE_GEMINI_BASE_URL=${gateway}`;
  const usesKey = {
    caption: "In ~/.gemini/settings.json, so that it uses a key and not an account",
    lines: toJsonLines({ security: { auth: { selectedType: "gemini-api-key" } } }),
  };
  return {
    name: "gemini-cli",
    label: "Gemini CLI",
    steps: [{ caption, lines: `${address}\nexport GEMINI_API_KEY=${key}` }, usesKey],
    ownKeySteps: [
      { caption, lines: `${address}\nexport GEMINI_CLI_CUSTOM_HEADERS="x-assay-key:${key}"` },
      usesKey,
    ],
  };
}

function opencode(gateway: string, key: string): ClientSetup {
  const configuration = (options: object) => ({
    caption: "In opencode.json",
    lines: toJsonLines({ provider: { openai: { options: { baseURL: `${gateway}/v1`, ...options } } } }),
  });
  return {
    name: "opencode",
    label: "opencode",
    steps: [configuration({ apiKey: key })],
    ownKeySteps: [configuration({ headers: { "x-assay-key": key } })],
  };
}

function openclaw(gateway: string, key: string): ClientSetup {
  const configuration = (credentials: object) => {
    // With the last part it also says which calls are of one session.
    const compat = { supportsPromptCacheKey: true };
    const models = [{ id: OPENAI_MODEL_EXAMPLE, name: OPENAI_MODEL_EXAMPLE, compat }];
    const provider = { baseUrl: `${gateway}/v1`, api: "openai-responses", ...credentials, models };
    return {
      caption: `In openclaw.json; the model is then assay/${OPENAI_MODEL_EXAMPLE}`,
      lines: toJsonLines({ models: { providers: { assay: provider } } }),
    };
  };
  return {
    name: "openclaw",
    label: "OpenClaw",
    steps: [configuration({ apiKey: key })],
    ownKeySteps: [configuration({ apiKey: "YOUR_PROVIDER_KEY", headers: { "x-assay-key": key } })],
  };
}

/** Takes no header, so that with a provider key of its own the Assay key is in the address. */
function cline(gateway: string, key: string): ClientSetup {
  const caption = "In a terminal";
  return {
    name: "cline",
    label: "Cline",
    steps: [{ caption, lines: clineLines(key, `${gateway}/v1`) }],
    ownKeySteps: [{ caption, lines: clineLines("YOUR_PROVIDER_KEY", `${gateway}/k/${key}/v1`) }],
  };
}

function clineLines(credential: string, url: string): string {
  return `cline auth -p openai -k ${credential} -m ${OPENAI_MODEL_EXAMPLE} -b ${url}`;
}

function curl(gateway: string, key: string): ClientSetup {
  const caption = "In a terminal";
  return {
    name: "curl",
    label: "curl",
    steps: [{ caption, lines: curlLines(gateway, [`Authorization: Bearer ${key}`]) }],
    ownKeySteps: [
      {
        caption,
        lines: curlLines(gateway, ["Authorization: Bearer $OPENAI_API_KEY", `x-assay-key: ${key}`]),
      },
    ],
  };
}

function curlLines(gateway: string, headers: readonly string[]): string {
  return [
    `curl ${gateway}/v1/chat/completions \\`,
    ...headers.map((header) => `  -H "${header}" \\`),
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"model":"${OPENAI_MODEL_EXAMPLE}","messages":[{"role":"user","content":"Say hello."}]}'`,
  ].join("\n");
}

function toJsonLines(document: object): string {
  return JSON.stringify(document, null, 2);
}

function trimSlashes(url: string): string {
  return url.replace(/\/+$/, "");
}

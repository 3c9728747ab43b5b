// Which calls are metered, told by their paths: every interface that reports usage, of every kind of upstream. The case numbers
// are those of the known accounting faults of other gateways.

import { describe, expect, it, test } from "vitest";
import { PROVIDERS, readPath } from "../../ingest/gateway/providers/all-providers.ts";
import { CHAT, GENERATE, knownTokens, MESSAGES, readBody, RESPONSES } from "../accounting/read-answer.ts";

describe("case 25: no interface is passed over in silence", () => {
  it.each([
    ["openai", "/v1/chat/completions", "chat"],
    ["openai", "/v1/completions", "other"],
    ["openai", "/v1/responses", "responses"],
    ["openai", "/v1/responses/compact", "responses"],
    ["openai", "/v1/embeddings", "embeddings"],
    ["openai", "/v1/rerank", "other"],
    ["openai", "/v1/audio/transcriptions", "other"],
    ["openai", "/v1/audio/speech", "other"],
    ["openai", "/v1/images/generations", "other"],
    ["openai", "/v1/images/edits", "other"],
    ["openai", "/anthropic/v1/messages", "messages"],
    ["anthropic", "/v1/messages", "messages"],
    ["anthropic", "/v1/chat/completions", "chat"],
    ["gemini", "/v1beta/models/gemini-3-pro:generateContent", "generate"],
    ["gemini", "/v1/models/gemini-3-pro:streamGenerateContent", "generate"],
    ["gemini", "/v1beta/models/text-embedding:embedContent", "embeddings"],
    ["gemini", "/v1beta/interactions", "other"],
    ["gemini", "/v1beta/openai/chat/completions", "chat"],
    ["gemini", "/v1beta/openai/embeddings", "embeddings"],
    ["azure", "/openai/deployments/gpt/chat/completions", "chat"],
    ["azure", "/openai/v1/responses", "responses"],
    ["azure", "/anthropic/v1/messages", "messages"],
    [
      "vertex",
      "/v1/projects/p/locations/l/publishers/google/models/gemini-3-pro:generateContent",
      "generate",
    ],
    ["vertex", "/v1/projects/p/locations/l/endpoints/openapi/chat/completions", "chat"],
    ["bedrock", "/openai/v1/chat/completions", "chat"],
  ] as const)("%s %s is metered as %s", (kind, path, api) => {
    expect(readPath(kind, "POST", path).operation).toMatchObject({ isMetered: true, api });
  });

  it.each([
    ["openai", "GET", "/v1/responses/resp_1"],
    ["openai", "POST", "/v1/responses/input_tokens"],
    ["openai", "POST", "/v1/batches"],
    ["openai", "POST", "/v1/files"],
    ["openai", "POST", "/v1/threads/t/messages"],
    ["anthropic", "POST", "/v1/messages/count_tokens"],
    ["anthropic", "POST", "/v1/messages/batches"],
    ["gemini", "GET", "/v1beta/interactions/1"],
    ["gemini", "POST", "/v1beta/models/gemini-3-pro:countTokens"],
    ["bedrock", "POST", "/model/m/converse"],
  ] as const)("%s %s %s reports no usage of its own", (kind, method, path) => {
    expect(readPath(kind, method, path).operation.isMetered).toBe(false);
  });

  it("embeddings and rerankings have input alone", async () => {
    const only = { kind: "openai", path: "/v1/embeddings" } as const;
    expect(knownTokens(await readBody(only, { usage: { prompt_tokens: 9, total_tokens: 9 } }))).toEqual({
      input_tokens: 9,
    });
    expect(knownTokens(await readBody(only, { usage: { total_tokens: 9 } }))).toEqual({ input_tokens: 9 });
    const rerank = { kind: "openai", path: "/v1/rerank" } as const;
    const usageOfRerank = { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 };
    expect(knownTokens(await readBody(rerank, { usage: usageOfRerank }))).toEqual({ input_tokens: 9 });
  });

  it("an answer that is no JSON is unknown", async () => {
    for (const asked of [CHAT, RESPONSES, MESSAGES, GENERATE])
      expect((await readBody(asked, "<html>502</html>")).tokens).toBeUndefined();
  });
});

function field(name: string, value: string): string {
  return `--own\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

test("the model of an upload is read out of its form, and an Azure deployment out of the path", () => {
  const file = '--own\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n\0\xff\r\n';
  const form = file + field("model", "gpt-4o-transcribe") + field("stream", "true") + "--own--\r\n";
  const facts = PROVIDERS.openai.readRequest(Buffer.from(form, "latin1"), undefined);
  expect(facts).toMatchObject({ model_requested: "gpt-4o-transcribe", stream: true });
  const path = "/openai/deployments/my%20gpt/chat/completions";
  expect(readPath("azure", "POST", path).operation.model).toBe("my gpt");
});

describe("who is asked for usage", () => {
  const versioned = "/openai/deployments/d/chat/completions?api-version=";
  test.each([
    ["openai", "openai", "/v1/chat/completions", true],
    ["openai", "vllm", "/v1/chat/completions", true],
    ["openai", "mistral", "/v1/chat/completions", false],
    ["openai", "groq", "/v1/chat/completions", false],
    ["openai", "never-heard-of", "/v1/chat/completions", false],
    ["azure", "azure", `${versioned}2024-10-21`, true],
    ["azure", "azure", `${versioned}2024-09-01-preview`, true],
    ["azure", "azure", `${versioned}2024-06-01`, false],
    ["azure", "azure", "/openai/v1/chat/completions", true],
    ["azure", "azure", "/openai/deployments/d/chat/completions", false],
  ] as const)("%s upstream %s, %s: %s", (kind, name, path, isAsked) => {
    expect(PROVIDERS[kind].acceptsStreamOptions(name, path)).toBe(isAsked);
  });
});

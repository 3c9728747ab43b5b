// Tells from an answer's shape whose wire format it has and which interface gave it, and from its folder or host who answered.

import type { Api } from "../../schemas/closed-lists.ts";
import { isObject, type Dialect, type Framing } from "./fixtures-types.ts";

export interface Shape {
  dialect: Dialect;
  api: Api;
  /** The bytes that end a stream, where the provider sends any that are no event of its own. */
  streamEnd?: string;
}

interface Context {
  file: string;
  provider: string;
  framing: Framing;
  /** Of the request, where it was recorded. */
  path?: string;
}

type Document = Readonly<Record<string, unknown>>;

const CHAT_END = "data: [DONE]\n\n";
const INTERACTION_END = "event: done\ndata: [DONE]\n\n";

const RULES: readonly { matches: (document: Document) => boolean; shape: Shape }[] = [
  {
    matches: ({ object }) => object === "text_completion",
    shape: { dialect: "openai", api: "other", streamEnd: CHAT_END },
  },
  {
    matches: ({ object, choices }) => startsWith(object, "chat.completion") || Array.isArray(choices),
    shape: { dialect: "openai", api: "chat", streamEnd: CHAT_END },
  },
  {
    matches: ({ object, type, output, status }) =>
      object === "response" ||
      startsWith(type, "response.") ||
      (Array.isArray(output) && typeof status === "string"),
    shape: { dialect: "openai", api: "responses" },
  },
  {
    matches: ({ object, data }) => object === "list" && Array.isArray(data) && "embedding" in Object(data[0]),
    shape: { dialect: "openai", api: "embeddings" },
  },
  {
    matches: ({ type, role }) => type === "message_start" || (type === "message" && role === "assistant"),
    shape: { dialect: "anthropic", api: "messages" },
  },
  {
    matches: (document) => Object.keys(document).join() === "input_tokens",
    shape: { dialect: "anthropic", api: "messages" },
  },
  {
    matches: (document) => ["candidates", "usageMetadata", "promptFeedback"].some((name) => name in document),
    shape: { dialect: "gemini", api: "generate" },
  },
  {
    matches: ({ object, event_type }) => object === "interaction" || startsWith(event_type, "interaction."),
    shape: { dialect: "gemini", api: "other", streamEnd: INTERACTION_END },
  },
  {
    matches: (document) =>
      ["messageStart", "contentBlockStart", "contentBlockDelta", "stopReason"].some(
        (name) => name in document,
      ),
    shape: { dialect: "bedrock", api: "chat" },
  },
  {
    matches: ({ type, finish_reason, message }) =>
      type === "message-start" || (typeof finish_reason === "string" && message !== undefined),
    shape: { dialect: "cohere", api: "chat" },
  },
];

/** @param body decoded */
export function classifyAnswer(body: Buffer, context: Context): Shape {
  const documents = firstDocuments(body, context.framing);
  for (const document of documents) {
    const rule = RULES.find(({ matches }) => matches(document));
    if (rule) return rule.shape;
  }
  // An error or a broken answer has no shape of its own, so it takes that of its request, or of its neighbours.
  return shapeOfPath(body, context);
}

/** Enough of an answer to know it by: some streams open with an event that says little. */
const DOCUMENTS_READ_MAX = 3;

function firstDocuments(body: Buffer, framing: Framing): Document[] {
  const text = body.toString("utf8");
  const candidates =
    framing === "json" ? [text] : text.split("\n").map((line) => line.replace(/^data: ?/, "").trim());
  return candidates
    .map(parseDocument)
    .filter((document) => document !== undefined)
    .slice(0, DOCUMENTS_READ_MAX);
}

function parseDocument(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // Deliberately broken recordings and lines such as `event: …` are no documents.
    return undefined;
  }
}

function shapeOfPath(body: Buffer, { provider, path, file }: Context): Shape {
  const place = path ?? file;
  const dialect = DIALECT_OF_PROVIDER[provider] ?? "openai";
  if (dialect === "bedrock") return { dialect, api: file.endsWith(".bin") ? "chat" : "other" };
  if (dialect === "openai" && /\/chat\//.test(place)) return { dialect, api: "chat" };
  if (dialect === "openai" && /\/responses\//.test(place)) return { dialect, api: "responses" };
  if (dialect === "openai" && /\/embeddings/.test(place)) return { dialect, api: "embeddings" };
  if (dialect === "gemini" && guessStatus(body) !== 200) return { dialect, api: "generate" };
  return { dialect, api: "other" };
}

/** Providers whose wire format is not OpenAI's. */
const DIALECT_OF_PROVIDER: Readonly<Record<string, Dialect>> = {
  anthropic: "anthropic",
  gemini: "gemini",
  vertex: "gemini",
  bedrock: "bedrock",
  cohere: "cohere",
  ...Object.fromEntries(
    ["cartesia", "deepgram", "elevenlabs", "fal", "gladia", "revai", "voyage"].map((name) => [name, "other"]),
  ),
};

/** The status that came with a body whose recording has none. */
export function guessStatus(body: Buffer): number {
  const { error } = parseDocument(body.toString("utf8")) ?? {};
  if (!isObject(error)) return 200;
  if (typeof error["code"] === "number") return error["code"];
  return error["type"] === "insufficient_quota" ? 429 : 400;
}

/** Folder names that are not the provider's name. */
const PROVIDER_OF_FOLDER: Readonly<Record<string, string>> = {
  "amazon-bedrock": "bedrock",
  "bedrock-cohere": "bedrock",
  "bedrock-nova": "bedrock",
  "bedrock-titan": "bedrock",
  completions: "openai",
  google: "gemini",
  "google-vertex": "vertex",
  responses: "openai",
  "vertex-gemini": "vertex",
};

export function providerOfFile(file: string): string {
  const [source = "", ...folders] = file.split("/");
  if (source.startsWith("anthropics__")) return "anthropic";
  const folder = (source === "vercel__ai" ? folders[0] : folders.at(-2)) ?? "";
  if (folder === "detect") return file.endsWith(".bin") ? "bedrock" : "openai";
  return PROVIDER_OF_FOLDER[folder] ?? folder;
}

export function providerOfHost(host: string): string {
  if (host === "generativelanguage.googleapis.com") return "gemini";
  if (host.endsWith(".azure.com")) return "azure";
  return host.split(".").at(-2) ?? host;
}

/** The path of a request that is answered in such a shape. */
export function usualPath({ dialect, api }: Shape, framing: Framing, file: string): string {
  const isStream = framing !== "json";
  switch (api) {
    case "chat":
      if (dialect === "bedrock") return `/model/model/${isStream ? "converse-stream" : "converse"}`;
      return dialect === "cohere" ? "/v2/chat" : "/v1/chat/completions";
    case "messages":
      return file.includes("count_tokens") ? "/v1/messages/count_tokens" : "/v1/messages";
    case "generate":
      return `/v1beta/models/gemini:${isStream ? "streamGenerateContent?alt=sse" : "generateContent"}`;
    case "responses":
    case "embeddings":
    case "realtime":
    case "other":
      return `/v1/${api}`;
    default:
      return api satisfies never;
  }
}

function startsWith(value: unknown, prefix: string): boolean {
  return typeof value === "string" && value.startsWith(prefix);
}

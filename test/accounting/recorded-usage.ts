// What a recorded answer says it used, read without any of the gateway's code: every document of it is parsed whole, and what
// the counts mean is decided anew here. So a fault would have to be made twice to go unseen.

import { decodeBody } from "../services/fixtures-decode.ts";
import { isObject, type Fixture } from "../services/fixtures-types.ts";

const USAGE_NAMES = /^(usage|usageMetadata|usage_info|billed_units)$/;

type Document = Readonly<Record<string, unknown>>;

/** Whole sums, parts included, and the parts. */
export const COUNT_NAMES = [
  "input",
  "cacheRead",
  "cacheWrite",
  "audioInput",
  "imageInput",
  "output",
  "reasoning",
  "audioOutput",
  "imageOutput",
] as const;

/** Null where the answer does not say. */
export type Counts = Record<(typeof COUNT_NAMES)[number], number | null>;

export interface RecordedUsage {
  counts: Counts;
  /** The provider's own object, as it stood at the end. */
  usage: Document;
  model: string;
}

/** Undefined where the answer reports no tokens. */
export function readRecordedUsage(fixture: Fixture): RecordedUsage | undefined {
  const documents = parseDocuments(fixture);
  const usages = documents.flatMap((document) => findUsages(document));
  const last = usages.at(-1);
  if (!last) return undefined;
  const model = findModel(documents);
  switch (fixture.dialect) {
    case "anthropic":
      return readAnthropic(usages, model);
    case "gemini":
      return readGemini(usages, model);
    case "openai":
    case "bedrock":
    case "cohere":
    case "other":
      return readOpenAi(last, model);
    default:
      return fixture.dialect satisfies never;
  }
}

/** Whether an answer holds a usage of any kind, wherever it stands; also of providers that are not read here. */
export function reportsUsage(fixture: Fixture): boolean {
  return parseDocuments(fixture).some((document) => holdsUsage(document));
}

function holdsUsage(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([name, member]) => (USAGE_NAMES.test(name) && /\d/.test(JSON.stringify(member))) || holdsUsage(member),
  );
}

function parseDocuments({ body, frames, headers, framing }: Fixture): Document[] {
  const encoding = headers.find(([name]) => name.toLowerCase() === "content-encoding")?.[1];
  const text = decodeBody(body, encoding).toString("utf8");
  if (framing === "eventstream") return frames.flatMap((frame) => tryParse(payloadOf(frame)));
  if (framing === "json") return tryParse(text);
  return text
    .split(/\r\n|\n|\r/)
    .flatMap((line) => (line.startsWith("data:") ? tryParse(line.slice(5)) : []));
}

/** Of an AWS event stream message: behind prelude and headers, before the checksum. */
function payloadOf(frame: Buffer): string {
  return frame.length < 16 ? "" : frame.toString("utf8", 12 + frame.readUInt32BE(4), frame.length - 4);
}

function tryParse(text: string): Document[] {
  try {
    const value: unknown = JSON.parse(text);
    return [value].flat().filter(isObject);
  } catch {
    // `[DONE]`, and recordings that are broken on purpose.
    return [];
  }
}

/** The usage objects at the places where providers put them. */
function findUsages(document: Document): Document[] {
  const holders = [
    document["message"],
    document["response"],
    document["interaction"],
    document["x_groq"],
    document,
  ];
  return holders
    .filter(isObject)
    .flatMap((holder) => [holder["usage"], holder["usageMetadata"]])
    .filter(isObject)
    .filter((usage) => Object.entries(usage).some(([name, value]) => isTokenCount(name, value)));
}

function isTokenCount(name: string, value: unknown): boolean {
  return /token/i.test(name) && typeof value === "number";
}

function findModel(documents: readonly Document[]): string {
  const models = documents
    .flatMap(({ message, response, interaction, ...rest }) => [message, response, interaction, rest])
    .filter(isObject)
    .map((holder) => holder["model"] ?? holder["modelVersion"])
    .filter((model) => typeof model === "string");
  return models.findLast((model) => model !== "") ?? "";
}

function readAnthropic(usages: readonly Document[], model: string): RecordedUsage {
  const usage: Record<string, unknown> = {};
  for (const reported of usages) {
    for (const [name, value] of Object.entries(reported)) if (value || !usage[name]) usage[name] = value;
  }
  // What the counts at the top leave out: compactions, advice, and the attempts of a model that declined.
  const iterations = Array.isArray(usage["iterations"]) ? usage["iterations"].filter(isObject) : [];
  const fallback = iterations.find(({ type }) => type === "fallback_message");
  const leftOut = iterations.filter(
    ({ type, model: its }) =>
      type === "compaction" ||
      type === "advisor_message" ||
      (fallback && type === "message" && its !== fallback["model"]),
  );
  const all = [usage, ...leftOut];
  const names = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"] as const;
  const [fresh, cacheRead, cacheWrite] = names.map((name) => add(all.map((each) => count(each[name]))));
  return {
    usage,
    model,
    counts: {
      ...NOTHING,
      input: add([fresh ?? null, cacheRead ?? null, cacheWrite ?? null]),
      cacheRead: cacheRead ?? null,
      cacheWrite: cacheWrite ?? null,
      output: add(all.map((each) => count(each["output_tokens"]))),
      reasoning: count(within(usage["output_tokens_details"], "thinking_tokens")),
    },
  };
}

function readGemini(usages: readonly Document[], model: string): RecordedUsage | undefined {
  const usage = usages.at(-1) ?? {};
  if (usage["total_input_tokens"] !== undefined) return readInteraction(usage, model);
  const total = count(usage["totalTokenCount"]);
  const input = add([count(usage["promptTokenCount"]), count(usage["toolUsePromptTokenCount"])]);
  const modality = (list: string, name: string): number | null => {
    const details = usage[list];
    return Array.isArray(details)
      ? count(
          within(
            details.find((detail: unknown) => within(detail, "modality") === name),
            "tokenCount",
          ),
        )
      : null;
  };
  return {
    usage,
    model,
    counts: {
      input,
      cacheRead: count(usage["cachedContentTokenCount"]),
      cacheWrite: null,
      audioInput: modality("promptTokensDetails", "AUDIO"),
      imageInput: modality("promptTokensDetails", "IMAGE"),
      output: total === null ? null : total - (input ?? 0),
      reasoning: count(usage["thoughtsTokenCount"]),
      audioOutput: modality("candidatesTokensDetails", "AUDIO"),
      imageOutput: modality("candidatesTokensDetails", "IMAGE"),
    },
  };
}

function readInteraction(usage: Document, model: string): RecordedUsage {
  return {
    usage,
    model,
    counts: {
      ...NOTHING,
      input: add([count(usage["total_input_tokens"]), count(usage["total_tool_use_tokens"])]),
      cacheRead: count(usage["total_cached_tokens"]),
      output: add([count(usage["total_output_tokens"]), count(usage["total_thought_tokens"])]),
      reasoning: count(usage["total_thought_tokens"]),
    },
  };
}

function readOpenAi(usage: Document, model: string): RecordedUsage {
  const input = usage["prompt_tokens_details"] ?? usage["input_tokens_details"] ?? {};
  const output = usage["completion_tokens_details"] ?? usage["output_tokens_details"] ?? {};
  const inputTotal = count(usage["prompt_tokens"] ?? usage["input_tokens"]);
  const outputTotal = count(usage["completion_tokens"] ?? usage["output_tokens"]);
  const total = count(usage["total_tokens"]);
  return {
    usage,
    model,
    counts: {
      input: inputTotal ?? (outputTotal === null ? total : null),
      cacheRead: count(
        within(input, "cached_tokens") ?? usage["prompt_cache_hit_tokens"] ?? usage["cached_tokens"],
      ),
      cacheWrite: count(within(input, "cache_write_tokens")),
      audioInput: count(within(input, "audio_tokens") ?? usage["audio_prompt_tokens"]),
      imageInput: count(within(input, "image_tokens")),
      output: outputTotal === null || total === null ? outputTotal : total - (inputTotal ?? 0),
      reasoning: count(within(output, "reasoning_tokens") ?? usage["reasoning_tokens"]),
      audioOutput: count(within(output, "audio_tokens")),
      imageOutput: count(within(output, "image_tokens")),
    },
  };
}

const NOTHING: Counts = {
  input: null,
  cacheRead: null,
  cacheWrite: null,
  audioInput: null,
  imageInput: null,
  output: null,
  reasoning: null,
  audioOutput: null,
  imageOutput: null,
};

function within(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function count(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function add(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((each) => each !== null);
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
}

// Where the gateway's counts differ on purpose from what a file or the second opinion says, and why; and which answers report
// usage that is not metered. Each is named here, so that nothing differs in silence.

interface Reason {
  /** Of the file's path. */
  pattern: RegExp;
  reason: string;
}

const UNMETERED: readonly Reason[] = [
  {
    pattern: /bedrock/,
    reason: "Bedrock's own formats pass through",
  },
  {
    pattern: /cohere|test_documents_chains/,
    reason: "no upstream kind has Cohere's own format; its OpenAI-compatible one is metered",
  },
  {
    pattern: /test_assistant|query_tool.*#16$/,
    reason:
      "OpenAI's Assistants interface, shut down in August 2026; its runs can be read any number of times",
  },
  {
    pattern: /transcription/,
    reason: "a model billed by the second, which reports no tokens",
  },
];

const DIFFERENCES: readonly Reason[] = [
  {
    pattern: /completions\/gemini_/,
    reason: "Gemini in OpenAI's format: its thinking is in the total alone, and is counted as reasoning",
  },
  {
    pattern: /responses\/reasoning\.json$/,
    reason: "a made-up answer with more reasoning than output: both are kept, and the mismatch is counted",
  },
];

const OPINIONS: readonly Reason[] = [
  ...DIFFERENCES,
  {
    pattern: /anthropic-(advisor|compaction|fallback)/,
    reason: "it leaves out the samplings that the counts at the top leave out",
  },
  {
    pattern: /openai-compatible\/chat\/xai/,
    reason: "it takes the folder for OpenAI; xAI's reasoning is beside the completion tokens",
  },
  {
    pattern: /azure-deepseek-reasoning|moonshotai-reasoning/,
    reason: "it does not know this place of the count",
  },
];

/** Why an answer's usage is not metered; undefined where that would be a fault. */
export const unmeteredReason = (file: string): string | undefined => find(UNMETERED, file);
/** Why the counts are not those that the file holds. */
export const differenceReason = (file: string): string | undefined => find(DIFFERENCES, file);
/** Why the counts are not those of the second opinion. */
export const opinionReason = (file: string): string | undefined => find(OPINIONS, file);

/** All of them, so that a reason that no file needs any more is found. */
export const REASONS: readonly string[] = [...UNMETERED, ...OPINIONS].map(({ reason }) => reason);

function find(reasons: readonly Reason[], file: string): string | undefined {
  return reasons.find(({ pattern }) => pattern.test(file))?.reason;
}

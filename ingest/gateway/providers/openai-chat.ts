// Answers of chat completions and of what is shaped like them: legacy completions, embeddings, rerankings, audio, images.
//
// Usage may sit on a chunk of its own, on a content chunk, in every chunk, or before the finish chunk; under `usage`, Groq's
// `x_groq` or the choice. `choices` may be absent or null. What stands last is the provider's word on the whole stream once
// the finish is known, or there is no choice in its chunk. Models that are billed by duration or by picture report no tokens.
// (platform.openai.com, API reference: chat, audio and image streaming.)

import {
  isRecord,
  parseMember,
  scanArray,
  scanMember,
  scanObject,
  textMember,
  type Members,
} from "../json-scan.ts";
import { readOpenAiUsage, readServerTools } from "./openai-usage.ts";
import { emptyReading, type AnswerReader, type Operation } from "./provider.ts";
import { holdsError } from "./request-facts.ts";

const STREAM_END = "[DONE]";
/** Streams of audio end with an event instead. One of pictures may go on after the first that is completed. */
const AUDIO_END = /^(transcript\.text\.done|speech\.audio\.done)$/;
/**
 * What a chunk must hold to be looked into, once the answer's id and model are known; most chunks hold text alone. A chunk
 * that has nothing to say of these leaves them out or says null, and within a text the quotes would be escaped.
 */
const NEWS = /"(?:usage|finish_reason|error)"\s*:\s*[^n\s]/;

export function createChatReader({ output }: Pick<Operation, "output">): AnswerReader {
  const reading = emptyReading();

  function readMembers(body: Buffer, members: Members | undefined): void {
    reading.responseId ??= textMember(body, members, "id");
    reading.modelServed = textMember(body, members, "model") ?? reading.modelServed;
    reading.serviceTier = textMember(body, members, "service_tier") ?? reading.serviceTier;
    const choice = firstChoice(body, members);
    reading.stopReason = textMember(body, choice, "finish_reason") ?? reading.stopReason;
    if (holdsError(body, members)) reading.errorKind = "stream_error";
    const usage = findUsage(body, members, choice);
    const counts = usage && readOpenAiUsage(usage, { output, model: reading.modelServed });
    if (counts) {
      reading.usage = usage;
      Object.assign(reading, counts);
      Object.assign(reading.serverToolCalls, readServerTools(usage));
    }
    const isWhole = reading.stopReason !== null || (counts !== undefined && !choice);
    reading.isFinal ||= isWhole && reading.tokens !== undefined;
  }

  return {
    reading,
    readEvent(type, data) {
      if (data.length === STREAM_END.length && data.toString("latin1") === STREAM_END) {
        reading.isEnded = true;
        reading.isFinal = reading.tokens !== undefined;
      } else if (!reading.responseId || !reading.modelServed || NEWS.test(data.toString("latin1"))) {
        const members = scanObject(data);
        readMembers(data, members);
        if (AUDIO_END.test(type || (textMember(data, members, "type") ?? ""))) reading.isEnded = true;
      }
    },
    readBody(body) {
      readMembers(body, scanObject(body));
      reading.isFinal = reading.tokens !== undefined;
    },
  };
}

function firstChoice(body: Buffer, members: Members | undefined): Members | undefined {
  const choices = members?.get("choices");
  const [choice] = (choices && scanArray(body, choices.start, 1)) ?? [];
  return choice && scanObject(body, choice.start);
}

function findUsage(
  body: Buffer,
  members: Members | undefined,
  choice: Members | undefined,
): Record<string, unknown> | undefined {
  for (const holder of [members, scanMember(body, members, "x_groq"), choice]) {
    const usage = parseMember(body, holder, "usage");
    if (isRecord(usage)) return usage;
  }
  return undefined;
}

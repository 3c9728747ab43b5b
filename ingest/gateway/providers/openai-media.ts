// Answers of OpenAI's audio and image interfaces: transcriptions, translations, speech, images. Usage stands in the body, or in
// the last event of a stream; models that are billed by duration or by picture report no tokens. (platform.openai.com, API
// reference: audio, images, and their streaming events.)

import { isRecord, parseMember, scanObject, textMember, type Members } from "../json-scan.ts";
import { readOpenAiUsage } from "./openai-usage.ts";
import { emptyReading, type AnswerReader, type Operation } from "./provider.ts";
import { holdsError } from "./request-facts.ts";

/** A stream of pictures may go on after the first that is completed. */
const STREAM_END = /^(transcript\.text\.done|speech\.audio\.done)$/;
/** What an event must hold to be looked into; those before it hold text, sound or a picture that is not finished. */
const NEWS = /"(?:usage|error)"\s*:/;

export function createMediaReader({ output }: Pick<Operation, "output">): AnswerReader {
  const reading = emptyReading();

  function readMembers(body: Buffer, members: Members | undefined): void {
    if (holdsError(body, members)) reading.errorKind = "stream_error";
    const usage = parseMember(body, members, "usage");
    // `{"type": "duration", "seconds": 9}` is a usage without tokens.
    if (!isRecord(usage)) return;
    reading.usage = usage;
    if (usage["type"] === "duration") return;
    Object.assign(reading, readOpenAiUsage(usage, { output, model: null }));
    reading.isFinal = true;
  }

  return {
    reading,
    readEvent(type, data) {
      const hasNews = NEWS.test(data.toString("latin1"));
      const members = hasNews || type === "" ? scanObject(data) : undefined;
      if (hasNews) readMembers(data, members);
      if (STREAM_END.test(type || (textMember(data, members, "type") ?? ""))) reading.isEnded = true;
    },
    readBody: (body) => readMembers(body, scanObject(body)),
  };
}

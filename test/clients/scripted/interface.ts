// What the four interfaces of providers have in common for a scripted model: reading texts out of a request, writing an answer.

import { isObject } from "../../services/fixtures-types.ts";
import type { ReplayAnswer } from "../../services/replay-provider-answer.ts";
import type { ModelAnswer, ShownText } from "./scripted-model.ts";

export interface ModelRequest {
  path: string;
  json: Readonly<Record<string, unknown>>;
}

export interface ModelInterface {
  isAskedBy: (request: ModelRequest) => boolean;
  /** In their order. */
  readTexts: (json: ModelRequest["json"]) => ShownText[];
  /** The id of the answer that a request goes on from, where the provider keeps the conversation. */
  readPreviousId?: (json: ModelRequest["json"]) => unknown;
  /** In the form that was asked for: whole, or as a stream. */
  write: (request: ModelRequest, answer: ModelAnswer) => ReplayAnswer;
  /** The provider's id of an answer. */
  responseId: (answer: ModelAnswer) => string;
}

export function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : [];
}

/** The text of a content that is a string, or a list of parts some of which have one. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map(({ text }) => (typeof text === "string" ? text : ""))
    .join("");
}

/** A text in the pieces of a stream; together they are the text. */
export function piecesOf(text: string): string[] {
  return text.match(/\S+\s*/g) ?? [];
}

// The tool calls of a transcript and what became of them: which answer asked for each, and which call carried its result back.

import type { ResultState } from "../../schemas/closed-lists.ts";

export interface ToolCall {
  name: string;
  id: string;
}

export interface ToolResult {
  callId: string;
  state: ResultState;
}

export interface ToolLog {
  /** @param answerId of the answer that asks for it */
  addCall(callId: string, answerId: string): void;
  /** Returns the answer that asked for what this is a result of, where that is known. */
  addResult(callId: string | null, state: ResultState): string | undefined;
  /** All results that were brought back to an answer. */
  resultsOf(answerId: string | undefined): readonly ToolResult[];
}

export function createToolLog(): ToolLog {
  const answerOf = new Map<string, string>();
  const results = new Map<string, Map<string, ToolResult>>();
  return {
    addCall(callId, answerId) {
      answerOf.set(callId, answerId);
    },
    addResult(callId, state) {
      const answerId = callId === null ? undefined : answerOf.get(callId);
      if (callId === null || answerId === undefined) return undefined;
      const known = results.get(answerId) ?? new Map<string, ToolResult>();
      results.set(answerId, known.set(callId, { callId, state }));
      return answerId;
    },
    resultsOf: (answerId) => [...(results.get(answerId ?? "")?.values() ?? [])],
  };
}

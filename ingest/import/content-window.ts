// Holds the content of a transcript's newest calls until its features are made: some calls later, because an answer goes on in further
// lines, and because results tell which tools there are. Whatever the length of a transcript, only that much of its text is held.

import type { CallFeatures } from "../../schemas/call-features.ts";
import type { FeatureJob } from "../gateway/features/feature-job.ts";
import type { DescribeContent } from "./transcript-features.ts";

const OPEN_CALLS_MAX = 32;

export interface CallContent {
  readonly event: FeatureJob["event"];
  sent: unknown[];
  answered: unknown[];
  /** Undefined while more content is taken. */
  features: Partial<CallFeatures> | undefined;
}

export interface ContentWindow {
  open(event: FeatureJob["event"], sent: unknown[], answered: unknown[]): CallContent;
  /** More of an answer; too late for a call whose features are made. */
  add(content: CallContent, answered: unknown): void;
  noteToolCall(callId: string, name: string): void;
  /** That a tool returned something shows that it is one. */
  noteToolResult(callId: string): void;
  /** The same at the end for what is still open. */
  close(): void;
}

export function createContentWindow(describe: DescribeContent): ContentWindow {
  const open: CallContent[] = [];
  const names = new Map<string, string>();
  const tools = new Set<string>();

  function closeOldest(): void {
    const content = open.shift();
    if (!content) return;
    content.features = describe(content.event, { ...content, tools: [...tools] });
    content.sent = [];
    content.answered = [];
  }

  return {
    open(event, sent, answered) {
      const content = { event, sent, answered, features: undefined };
      if (open.push(content) > OPEN_CALLS_MAX) closeOldest();
      return content;
    },
    add(content, answered) {
      if (content.features === undefined) content.answered.push(answered);
    },
    noteToolCall: (callId, name) => void names.set(callId, name),
    noteToolResult(callId) {
      const name = names.get(callId);
      if (name !== undefined) tools.add(name);
    },
    close() {
      while (open.length > 0) closeOldest();
    },
  };
}

// A conversation as the four interfaces of providers have it in common: messages, each of parts. What a request asks with, and what
// it is answered with, are brought into this one form, so that everything behind it knows no provider.

export type Role = "system" | "user" | "assistant";

export type Part =
  | { kind: "text"; text: string }
  /** What the model thought before it answered; clients may leave it out when they send the conversation again. */
  | { kind: "reasoning" }
  /** `id`: null where the interface gives none. `arguments`: as they were parsed; a string where they are no JSON. */
  | { kind: "tool_call"; id: string | null; name: string; arguments: unknown }
  /** `isError`: null where the interface does not say. */
  | { kind: "tool_result"; callId: string | null; text: string; isError: boolean | null }
  /** An image, a file, sound: what stands for it, to tell one from the other. */
  | { kind: "media"; content: string };

export interface Message {
  role: Role;
  parts: readonly Part[];
}

export interface Conversation {
  /** System prompt, wherever the interface puts it. */
  system: string;
  /** Tool definitions, as they were sent. */
  tools: unknown;
  messages: readonly Message[];
}

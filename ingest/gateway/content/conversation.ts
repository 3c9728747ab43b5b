// A conversation as the four interfaces of providers have it in common: messages, each of parts. What a request asks with, and what
// it is answered with, are brought into this one form, so that everything behind it knows no provider.
//
// Always holds: messages alternate between user and assistant, so what a model answered in several items is one message; a result of
// a tool is the user's, whatever its interface calls it. Instructions behind the first message are left out: clients put them in and
// take them out again as they please.

export type Role = "user" | "assistant";

export type Part =
  | { kind: "text"; text: string }
  /** What the model thought before it answered; clients may leave it out when they send the conversation again. */
  | { kind: "reasoning" }
  /** `id`: null where the interface gives none. `arguments`: as they were parsed; a string where they are no JSON. */
  | { kind: "tool_call"; id: string | null; name: string; arguments: unknown }
  /** A tool that the provider ran itself on the way to its answer; clients may leave it out as well. */
  | { kind: "provider_tool"; name: string; arguments: unknown }
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

/** What one interface makes of requests and answers. It is given anything that is an object, and never throws. */
export interface ContentReader {
  readRequest(request: Readonly<Record<string, unknown>>): Conversation;
  /** @param documents the events of a stream in their order, or the one body of an answer */
  readAnswer(documents: readonly Readonly<Record<string, unknown>>[]): readonly Part[];
}

/** Puts messages together while a request is read. */
export class ConversationBuilder {
  readonly #systems: string[] = [];
  readonly #messages: { role: Role; parts: Part[] }[] = [];

  add(role: Role | "system", parts: readonly Part[]): void {
    if (role === "system") {
      if (this.#messages.length > 0) return;
      for (const part of parts) if (part.kind === "text") this.#systems.push(part.text);
      return;
    }
    if (parts.length === 0) return;
    const last = this.#messages.at(-1);
    if (last?.role === role) for (const part of parts) last.parts.push(part);
    else this.#messages.push({ role, parts: [...parts] });
  }

  build(tools: unknown): Conversation {
    return { system: this.#systems.join("\n"), tools, messages: this.#messages };
  }
}

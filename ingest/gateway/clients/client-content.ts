// What is known of the texts that a client sends, beside its user's own: needed to tell what a person wrote from what the client
// wrapped around it, and what the client's tools do. Used in the worker that makes features, never on the request's path.

import { TOOL_KINDS, type ToolKind } from "../../../schemas/closed-lists.ts";

export interface ClientContent {
  /** A text of role user without what the client put into it: reminders, environment, instruction files. '' where nothing is left. */
  stripWrappers: (text: string) => string;
  /** A system prompt without the lines that change from call to call or from day to day. */
  stripVolatile: (system: string) => string;
  /** The client's own tools, by their names as they stand in requests. */
  toolKinds: ReadonlyMap<string, ToolKind>;
}

/** Of a client of which nothing is known. */
export const PLAIN_CONTENT: ClientContent = {
  stripWrappers: (text) => text,
  stripVolatile: (system) => system,
  toolKinds: new Map(),
};

/** A client's tools by what they do. */
export function toolKindsOf(
  names: Partial<Record<ToolKind, readonly string[]>>,
): ReadonlyMap<string, ToolKind> {
  const kinds = TOOL_KINDS.flatMap((kind) => (names[kind] ?? []).map((name) => [name, kind] as const));
  return new Map(kinds);
}

// What requests of several providers tell in the same way.

import { scanArray, type Members } from "../json-scan.ts";

/** How many elements a member has that is an array: messages, tools. Null for anything else. */
export function countItems(body: Buffer, members: Members | undefined, name: string): number | null {
  const span = members?.get(name);
  return (span && scanArray(body, span.start)?.length) ?? null;
}

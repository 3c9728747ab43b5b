// Asks for the usage of a chat stream that would not report it: `stream_options.include_usage` is spliced into the request,
// byte by byte, and nothing else of it is touched. The chunk that the provider sends in return is taken out of the client's
// stream again (usage-chunk-filter.ts), so the client sees what it would have seen without the gateway. A client that asked
// itself is left alone, and one that said `false` goes on not seeing it.

import { parseMember, scanMember, scanObject, type Members, type Span } from "./json-scan.ts";

const OPTIONS = "stream_options";
const WISH = '"include_usage":true';

/**
 * The request that also asks for usage, or undefined where nothing has to be asked.
 * @param members of the request's body, which is a chat request with `stream: true`
 */
export function askForUsage(body: Buffer, members: Members): Buffer | undefined {
  const options = members.get(OPTIONS);
  const asked = scanMember(body, members, OPTIONS);
  if (!options) return insertFirst(body, body.indexOf("{"), `"${OPTIONS}":{${WISH}}`, members.size > 0);
  if (!asked) return replace(body, options, `{${WISH}}`);
  const wish = asked.get("include_usage");
  if (!wish) return insertFirst(body, options.start, WISH, asked.size > 0);
  return parseMember(body, asked, "include_usage") === true ? undefined : replace(body, wish, "true");
}

/** As the first member of the object whose brace is at `brace`: no member that follows has to be understood for that. */
function insertFirst(body: Buffer, brace: number, member: string, hasOthers: boolean): Buffer {
  return replace(body, { start: brace + 1, end: brace + 1 }, hasOthers ? `${member},` : member);
}

function replace(body: Buffer, { start, end }: Span, text: string): Buffer {
  return Buffer.concat([body.subarray(0, start), Buffer.from(text), body.subarray(end)]);
}

/** Whether an event is the chunk that only the asking has brought: it reports usage and has no choice. */
export function isUsageOnlyChunk(data: Buffer): boolean {
  const members = scanObject(data);
  const choices = parseMember(data, members, "choices");
  return Array.isArray(choices) && choices.length === 0 && scanMember(data, members, "usage") !== undefined;
}

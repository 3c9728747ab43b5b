// What holds of the features of any conversation.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallFeatures } from "../../schemas/call-features.ts";
import { withoutSpace } from "../../ingest/gateway/features/normalise.ts";
import { SKETCH_EPOCH_MS } from "../../schemas/call-features.ts";
import { featuresOf, MID_EPOCH } from "../builders/feature-calls.ts";

const text = fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).map((value) => `w${value}`);
const json = fc.jsonValue({ maxDepth: 3 });
const toolCall = fc.record({
  name: fc.constantFrom("bash", "edit"),
  input: fc.dictionary(fc.string(), json),
});
/** A turn: what the user says, and what it is answered with. */
const turn = fc.record({ prompt: text, said: text, calls: fc.array(toolCall, { maxLength: 3 }) });
const conversation = fc.array(turn, { minLength: 1, maxLength: 5 });
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

const toBlocks = ({ said, calls }: Turn): object[] => [
  { type: "text", text: said },
  ...calls.map((call, at) => ({ type: "tool_use", id: `t${at}`, ...call })),
];
const toMessages = (turns: readonly Turn[]): object[] =>
  turns.flatMap((one) => [
    { role: "user", content: one.prompt },
    { role: "assistant", content: toBlocks(one) },
  ]);

/** The call that the last turn of a conversation is, and the one that goes on from it. */
function callAndNext(
  turns: readonly Turn[],
  at?: { call?: Date; next?: Date },
): [CallFeatures, CallFeatures] {
  const last = turns.at(-1);
  if (!last) throw new Error("A conversation has turns.");
  const asked = [...toMessages(turns.slice(0, -1)), { role: "user", content: last.prompt }];
  const call = featuresOf({
    api: "messages",
    request: { messages: asked },
    answer: { content: toBlocks(last) },
    at: at?.call ?? MID_EPOCH,
  });
  const resent = [...toMessages(turns), { role: "user", content: "next" }];
  return [call, featuresOf({ api: "messages", request: { messages: resent }, at: at?.next ?? MID_EPOCH })];
}

describe("any conversation", () => {
  it("continued by its own answer is found by what it continues", () => {
    fc.assert(
      fc.property(conversation, (turns) => {
        const [call, next] = callAndNext(turns);
        expect(next.parent_prefix_hash).toBe(call.prefix_hash);
        expect(next.parent_answer_hash).toBe(call.answer_hash);
        expect(next.prefix_hash).not.toBe(call.prefix_hash);
      }),
    );
  });

  it("with another word anywhere is another one", () => {
    fc.assert(
      fc.property(conversation, fc.nat(), text, (turns, at, other) => {
        const index = at % turns.length;
        const changed = turns.map((one, i) => (i === index ? { ...one, prompt: other } : one));
        const before = callAndNext(turns)[0].prefix_hash;
        fc.pre(withoutSpace(turns[index]?.prompt ?? "") !== withoutSpace(other));
        expect(callAndNext(changed)[0].prefix_hash === before).toBe(false);
      }),
    );
  });

  it("has the same hashes whatever caches it is marked for, and however its texts are cut and spaced", () => {
    fc.assert(
      fc.property(conversation, (turns) => {
        const plain = toMessages(turns);
        const marked = turns.flatMap(({ prompt, said, calls }) => [
          {
            role: "user",
            content: [
              { type: "text", text: ` ${prompt.slice(0, 1)}` },
              { type: "text", text: `${prompt.slice(1)}\n`, cache_control: { type: "ephemeral" } },
            ],
          },
          { role: "assistant", content: [{ type: "thinking", thinking: "…" }] },
          {
            role: "assistant",
            content: [
              ...toBlocks({ prompt, said: `${said}\n`, calls: [] }),
              ...calls.map(({ name, input }, at) => ({
                type: "tool_use",
                id: `other${at}`,
                name,
                input: Object.fromEntries(Object.entries(input).toReversed()),
              })),
            ],
          },
        ]);
        const [one, other] = [plain, marked].map((messages) =>
          featuresOf({ api: "messages", request: { messages } }),
        );
        expect(other?.prefix_hash).toBe(one?.prefix_hash);
        expect(other?.parent_prefix_hash).toBe(one?.parent_prefix_hash);
        expect(other?.parent_answer_hash).toBe(one?.parent_answer_hash);
      }),
    );
  });

  it("across an epoch's end is found for 14 days, and not after", () => {
    const end = 743 * SKETCH_EPOCH_MS;
    const days = (count: number): Date => new Date(end + count * 24 * 3600 * 1000);
    fc.assert(
      fc.property(conversation, (turns) => {
        const [call, next] = callAndNext(turns, { call: days(-1), next: days(13.9) });
        expect(next.parent_prefix_hash).not.toBe(call.prefix_hash);
        expect(next.parent_prefix_hash_previous).toBe(call.prefix_hash);
        expect(next.parent_answer_hash_previous).toBe(call.answer_hash);
        const [, late] = callAndNext(turns, { call: days(-1), next: days(14) });
        expect(late).toMatchObject({ parent_prefix_hash_previous: null, delta_hash_previous: null });
        expect(hashesOf(late).filter((hash) => hashesOf(call).includes(hash))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

function hashesOf(features: CallFeatures): string[] {
  return Object.values(features)
    .flat()
    .filter((value): value is string => typeof value === "string" && /^[\w-]{22}$/.test(value));
}

describe("gateways", () => {
  const long = Array.from({ length: 80 }, (_, at) => `word${at}`).join(" ");
  const request = { messages: [{ role: "user", content: `${long}\n\n${long}` }] };
  const answer = {
    content: [
      { type: "text", text: long },
      { type: "tool_use", id: "t", name: "x", input: {} },
    ],
  };
  const seen = (sketchSecret: string): CallFeatures =>
    featuresOf({ api: "messages", request, answer, sketchSecret });

  it("with one secret agree, and with another have nothing in common", () => {
    const one = seen("a");
    const { event_id: _, ...known } = one;
    expect(seen("a")).toMatchObject(known);
    const other = seen("b");
    expect(hashesOf(one).length).toBeGreaterThan(5);
    expect(hashesOf(one).filter((hash) => hashesOf(other).includes(hash))).toEqual([]);
    expect(one.delta_sketch.filter((number, at) => number === other.delta_sketch[at])).toEqual([]);
    expect(one.delta_blocks.filter((block) => other.delta_blocks.includes(block))).toEqual([]);
  });

  it("recognise an answer that comes back as a prompt, in whatever case and spacing", () => {
    const echoed = featuresOf({
      api: "chat",
      request: { messages: [{ role: "user", content: ` ${long.toUpperCase().replaceAll(" ", "\n")}` }] },
    });
    const { output_hash, output_sketch } = seen("sketch secret");
    expect(echoed).toMatchObject({ delta_hash: output_hash, delta_sketch: output_sketch });
  });
});

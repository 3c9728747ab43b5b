// CallFeatures v1: what can be compared between calls without a word of their text. Made in the gateway from a request and its
// answer, off the request's path; a record of its own, because it follows the event later, is kept for a shorter time, and may be
// missing where the gateway had too much to do.
//
// Always holds: nothing here can be turned back into text without the sketch secret, not even by trying texts. A hash is
// HMAC-SHA-256 under a key of its epoch (28 days), cut to 128 bits, in base64url; hashes under different keys never meet. For
// 14 days after an epoch has begun, what continues or repeats something is hashed under the key before as well (`…_previous`).
//
// The delta of a request is all that follows its last assistant message: what is new in this call.

import { z } from "zod";
import { RESULT_STATES, TOOL_KINDS } from "./closed-lists.ts";
import { count, FIELD_CHARS_MAX, time, unknownCount, unknownUuid, wellFormed } from "./token-event.ts";

/** Numbers of a MinHash. */
export const SKETCH_SIZE = 64;
/** How long the keys of one epoch hold. Epochs are counted from 1970. */
export const SKETCH_EPOCH_MS = 28 * 86_400_000;
/** @returns the sketch of a text under the key of an epoch; none for a text that is too short for one */
export type SketchText = (text: string, epoch: number) => readonly number[];
/** Paragraphs of one text whose hashes are kept: its longest ones. */
export const BLOCKS_MAX = 32;
/** Tool calls of one answer, and results of one request, that are listed; an answer with more is a runaway. */
export const TOOL_CALLS_MAX = 128;
/** Hashes of files that one answer writes; of one file there are as many as its path has components, 11 at most. */
export const WRITTEN_HASHES_MAX = 256;
/** Hashes of texts that an answer hands to sub-agents. */
export const SPAWN_HASHES_MAX = 32;

const UINT32_MAX = 0xffff_ffff;
const UINT64_MAX = 0xffff_ffff_ffff_ffffn;

/** 128 bits in base64url. Imports may bring longer ones. */
const hash = wellFormed.max(64);
const unknownHash = hash.nullable();
const ratio = z.number().min(0).nullable();
/** JSON has no integers of 64 bits: they travel as decimal strings. */
const uint64 = z
  .union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()])
  .transform(String)
  .refine((value) => BigInt(value) <= UINT64_MAX, "more than 64 bits");
/** Empty for texts of under 50 words and marks. */
const sketch = z
  .array(z.int().min(0).max(UINT32_MAX))
  .refine(
    (numbers) => numbers.length === 0 || numbers.length === SKETCH_SIZE,
    `${SKETCH_SIZE} numbers, or none`,
  );
const blocks = z.array(uint64).max(BLOCKS_MAX);
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(TOOL_CALLS_MAX);

const conversationFields = {
  /** Of all messages of this request; of those before its last assistant message. The latter is the former of the call before. */
  prefix_hash: unknownHash,
  parent_prefix_hash: unknownHash,
  /** Of what this call was answered with, texts and tool calls; of the request's last assistant message. */
  answer_hash: unknownHash,
  parent_answer_hash: unknownHash,
  /** Of system prompt and tools, without lines that change from call to call. */
  system_hash: unknownHash,
  /** Under the key of the epoch before, for 14 days after a change. */
  prefix_hash_previous: unknownHash,
  parent_prefix_hash_previous: unknownHash,
  parent_answer_hash_previous: unknownHash,
  system_hash_previous: unknownHash,
  delta_hash_previous: unknownHash,
  /** Of texts in the answer's tool calls, each as a `delta_hash` would be: a sub-agent's opening repeats one of them. */
  spawn_hashes: z.array(hash).max(SPAWN_HASHES_MAX),
};

const deltaFields = {
  /** Characters of the delta that a person wrote, and those that tools returned. */
  delta_human_chars: unknownCount,
  delta_tool_chars: unknownCount,
  /** Of the newest text of role user, normalised, without what the client wrapped around it; of any length. */
  delta_hash: unknownHash,
  /** MinHash of the 5-word shingles of the same text. */
  delta_sketch: sketch,
  /** Compressed size / size of the same text; null under 256 bytes. */
  delta_compression: ratio,
  /** Share of its lines that repeat another one. */
  delta_repetition: ratio,
  /** Hashes of its longest paragraphs of 64 characters or more. */
  delta_blocks: blocks,
};

const outputFields = {
  /** The same of the answer's visible text. */
  output_chars: unknownCount,
  output_compression: ratio,
  output_hash: unknownHash,
  output_sketch: sketch,
  output_blocks: blocks,
};

const toolFields = {
  /** Tool calls that the model asked for, in order; the lists run side by side. */
  tool_names: listOf(wellFormed.max(FIELD_CHARS_MAX)),
  tool_kinds: listOf(z.enum(TOOL_KINDS)),
  tool_args_hashes: listOf(hash),
  /** Of the file or address acted on, under the link key; '' where there is none. */
  tool_target_hashes: listOf(hash),
  /** Ends of the paths of files that they write, under the link key, as outcomes name files from the root of a repository. */
  written_file_hashes: z.array(hash).max(WRITTEN_HASHES_MAX).default([]),
  /** Of the call's own id, by which its result finds it; '' where it has none. */
  tool_call_hashes: listOf(hash),
  /** Results of earlier tool calls that this request's delta carries, in order; the lists run side by side. */
  tool_result_hashes: listOf(hash),
  tool_result_call_hashes: listOf(hash),
  tool_result_states: listOf(z.enum(RESULT_STATES)),
  tool_results_ok: unknownCount,
  tool_results_error: unknownCount,
};

export const callFeaturesSchema = z.strictObject({
  schema_version: z.literal(1),
  /** Of the event that these are features of; its start and its person stand here too, so that the rows lie and go as its rows do. */
  event_id: z.uuid(),
  started_at: time,
  person_id: unknownUuid,
  /** Which 28 days since 1970 the keys are of. */
  sketch_epoch: count,
  ...conversationFields,
  ...deltaFields,
  ...outputFields,
  ...toolFields,
});

export type CallFeatures = z.infer<typeof callFeaturesSchema>;

/** Features of which nothing is known: every list empty, everything else unknown. */
export const UNKNOWN_FEATURES: Omit<
  CallFeatures,
  "schema_version" | "event_id" | "started_at" | "person_id" | "sketch_epoch"
> = {
  prefix_hash: null,
  parent_prefix_hash: null,
  answer_hash: null,
  parent_answer_hash: null,
  system_hash: null,
  prefix_hash_previous: null,
  parent_prefix_hash_previous: null,
  parent_answer_hash_previous: null,
  system_hash_previous: null,
  delta_hash_previous: null,
  spawn_hashes: [],
  delta_human_chars: null,
  delta_tool_chars: null,
  delta_hash: null,
  delta_sketch: [],
  delta_compression: null,
  delta_repetition: null,
  delta_blocks: [],
  output_chars: null,
  output_compression: null,
  output_hash: null,
  output_sketch: [],
  output_blocks: [],
  tool_names: [],
  tool_kinds: [],
  tool_args_hashes: [],
  tool_target_hashes: [],
  written_file_hashes: [],
  tool_call_hashes: [],
  tool_result_hashes: [],
  tool_result_call_hashes: [],
  tool_result_states: [],
  tool_results_ok: null,
  tool_results_error: null,
};

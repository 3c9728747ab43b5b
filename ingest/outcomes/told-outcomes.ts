// Outcomes as somebody tells of them in JSON, in plain names: a pipeline, a tracker or a script by the generic webhook, people and
// services by their keys. Names of repositories, branches, tickets and files are hashed here, and go no further.
//
//   { "outcomes": [{ "kind": "ticket_closed", "id": "ENG-17", "ticket": "ENG-17", "person_email": "…" }] }
//
// Always holds: the id of an outcome is a hash of what it is called by its sender, or else of what it is of, so that it says nothing,
// and is the same when the outcome is told of again.

import type { Context } from "hono";
import { z } from "zod";
import { FILE_HASHES_MAX, OUTCOME_KINDS, type Outcome } from "../../schemas/outcome.ts";
import { FIELD_CHARS_MAX } from "../../schemas/token-event.ts";
import { parseJson } from "./body.ts";
import { refuse, type IntakeEnv, type IntakeParts } from "./intake-parts.ts";
import type { LinkHashes } from "./link-hashes.ts";
import { createOutcome } from "./new-outcome.ts";

export const OUTCOMES_MAX = 100;
const NAME_CHARS_MAX = 4096;
const DIFF_CHARS_MAX = 500_000;
const QUANTITY_MAX = 1_000_000;
const DAY_MS = 86_400_000;
const CLOCK_DIFFERENCE_MS_MAX = 5 * 60_000;

const name = z.string().min(1).max(NAME_CHARS_MAX);
/** Kept as they are, because calls are found by them; so they may not hold a text. */
const id = z.string().regex(/^[\w.:@/+=-]{1,200}$/, "an id of letters, digits and . : @ / + = _ -");
/** Several stand with a space between them. */
const ids = z
  .string()
  .max(FIELD_CHARS_MAX)
  .regex(/^[\w.:@/+=-]{1,200}( [\w.:@/+=-]{1,200})*$/, "ids of letters, digits and . : @ / + = _ -");
const quantity = z.number().min(0).max(QUANTITY_MAX);

const itemSchema = z.strictObject({
  kind: z.enum(OUTCOME_KINDS),
  /** What the sender calls it. */
  id: name.optional(),
  occurred_at: z.iso.datetime({ offset: true }).optional(),
  person_email: z.email().optional(),
  run_id: ids.optional(),
  session_id: id.optional(),
  request_id: id.optional(),
  repository: name.optional(),
  branch: name.optional(),
  ticket: name.optional(),
  files: z.array(name).max(FILE_HASHES_MAX).default([]),
  /** Of Git. */
  diff: z.string().max(DIFF_CHARS_MAX).optional(),
  quantity: quantity.default(1),
  gross_quantity: quantity.optional(),
  reviewed_by_other: z.boolean().optional(),
  rewritten_share: z.number().min(0).max(1).optional(),
  /** The sender's id of the outcome that this one takes back. */
  reverses: name.optional(),
  source: z.enum(["ci", "tracker", "api"]).default("api"),
});

export type ToldItem = z.output<typeof itemSchema>;

const toldSchema = itemSchema
  .refine((told) => told.branch === undefined || told.repository !== undefined, {
    path: ["branch"],
    error: "needs the repository that it is a branch of",
  })
  .refine((told) => toThing(told) !== undefined, {
    path: ["id"],
    error: "is needed where neither a run, session, request, ticket nor branch is named",
  });

export const toldOutcomesSchema = z.strictObject({
  outcomes: z.array(toldSchema).min(1).max(OUTCOMES_MAX),
});

/** The outcomes that a body tells of. @throws AppError where it is not of its form, or tells of another time */
export function readTold(
  context: Context<IntakeEnv>,
  body: string,
  { config, now }: Pick<IntakeParts, "config" | "now">,
): ToldItem[] {
  const parsed = toldOutcomesSchema.safeParse(parseJson(context, body));
  if (!parsed.success) throw refuse(context, "malformed", describeFault(parsed.error));
  const { outcomes } = parsed.data;
  if (outcomes.some((told) => isOutOfTime(told, now(), config.retentionDays.events)))
    throw refuse(context, "malformed", "An outcome lies in the future, or further back than calls are kept.");
  return outcomes;
}

/** Says where it is wrong, and nothing of what was sent. */
function describeFault({ issues: [first] }: z.ZodError): string {
  const path = first?.path.filter((part) => typeof part === "number" || KNOWN_FIELDS.has(String(part))) ?? [];
  const isUnknown = first?.code === "unrecognized_keys";
  const fault = isUnknown ? "has a field that is not known" : (first?.message ?? "is not right");
  return `The request's body is not of its form. ${["body", ...path].join(".")}: ${fault}.`;
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set(["outcomes", ...Object.keys(itemSchema.shape)]);

export interface Teller {
  hashes: LinkHashes;
  survivalDays: number;
  now: Date;
  /** How the ids of its outcomes begin; two tellers never mean the same outcome. */
  prefix: string;
  /** In place of what the outcome says; `self` for a person of themselves. */
  source?: Outcome["source"];
  personOf: (told: ToldItem) => string | null;
}

export function toOutcome(told: ToldItem, { hashes, survivalDays, now, prefix, ...teller }: Teller): Outcome {
  const { repository, branch, ticket, diff, quantity: counted, reverses } = told;
  const toId = (thing: string): string => `${prefix}:${hashes.other("told outcome", thing)}`;
  return createOutcome(
    {
      outcome_id: toId(told.id ?? toThing(told) ?? ""),
      kind: told.kind,
      occurredAt: told.occurred_at === undefined ? now : new Date(told.occurred_at),
      person_id: teller.personOf(told),
      run_id: told.run_id ?? null,
      session_id: told.session_id ?? null,
      request_id: told.request_id ?? null,
      repo_hash: repository === undefined ? null : hashes.repository(repository),
      branch_hash:
        repository === undefined || branch === undefined ? null : hashes.branch(repository, branch),
      ticket_hash: ticket === undefined ? null : hashes.ticket(ticket),
      change_hash: diff === undefined ? null : hashes.change(diff),
      file_hashes: [...new Set(told.files.map((file) => hashes.file(file)))],
      quantity: counted,
      gross_quantity: told.gross_quantity ?? counted,
      reviewed_by_other: told.reviewed_by_other ?? null,
      rewritten_share: told.rewritten_share ?? null,
      reverses: reverses === undefined ? null : toId(reverses),
      source: teller.source ?? told.source,
    },
    survivalDays,
  );
}

/** Whether it lies in the future, or so far back that it would be dropped at once. */
function isOutOfTime({ occurred_at: at }: ToldItem, now: Date, keptDays: number): boolean {
  if (at === undefined) return false;
  const ageMs = now.getTime() - Date.parse(at);
  return ageMs < -CLOCK_DIFFERENCE_MS_MAX || ageMs > keptDays * DAY_MS;
}

/** What an outcome is of, where its sender has no name for it: one of a kind for each. A rating is replaced by another rating. */
function toThing(told: ToldItem): string | undefined {
  const { kind, id: called, run_id, session_id, request_id, repository, branch, ticket } = told;
  if (called !== undefined) return called;
  const things = [run_id, session_id, request_id, repository && branch, repository, ticket];
  if (things.slice(0, 4).every((thing) => thing === undefined) && ticket === undefined) return undefined;
  return JSON.stringify([
    kind.startsWith("rating_") ? "rating" : kind,
    ...things.map((thing) => thing ?? null),
  ]);
}

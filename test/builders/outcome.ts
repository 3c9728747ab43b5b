// One valid outcome of which a test says only what matters to it: an answer that was used, of nobody.

import { outcomeSchema, type Outcome } from "../../schemas/outcome.ts";

export function buildOutcome(said: Partial<Outcome> = {}): Outcome {
  return outcomeSchema.parse({ ...SILENT, ...said });
}

const SILENT = {
  schema_version: 1,
  outcome_id: "01936a00-0000-7000-8000-0000000000f1",
  kind: "answer_used",
  occurred_at: "2026-11-20T09:30:00.000Z",
  credited_at: "2026-11-20T09:30:00.000Z",
  person_id: null,
  run_id: null,
  session_id: null,
  request_id: null,
  repo_hash: null,
  branch_hash: null,
  ticket_hash: null,
  change_hash: null,
  file_hashes: [],
  quantity: 1,
  gross_quantity: 1,
  reviewed_by_other: null,
  rewritten_share: null,
  reverses: null,
  source: "api",
  trust: "low",
};

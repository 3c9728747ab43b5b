// Puts prompts, and openings of sub-agents, that say nearly the same into clusters, by sketches alone.
//
// A sketch is 64 numbers of MinHash: the share of equal places is about the Jaccard similarity of two texts' 5-word shingles. Texts with an
// equal band (sketch-bands.ts) are candidates. In each such bucket texts are held against its first member alone, and not against each
// other, so that the work grows with the number of texts and paraphrases are not chained together. A text that is alike to several goes to
// the one that most prompts are alike to.
//
// The same comparison tells which prompts are alike to a template of the organisation, whatever else they are alike to. It takes 16 bands of 4
// numbers: of two sketches that differ in no more than 15 places one band is the same, so that no template is missed. Where there is no
// template, no text is looked at for it.
//
// Texts too short for a sketch are alike where they are equal. Sketches of different keys never meet; texts of one week do (gather-calls.ts).

import { z } from "zod";
import { SKETCH_SIZE } from "../../schemas/call-features.ts";
import { defineStatement } from "../../schemas/clickhouse/store.ts";
import type { Method } from "../../schemas/method.ts";
import { bandsOf } from "../queries/sketch-bands.ts";
import { OF_WEEK } from "./evidence.ts";

const TEMPLATE_BANDS = 16;
const IS_COMPARED = "(is_prompt OR (is_agent AND is_opening)) AND text != 0";
/** Whose texts are compared with each other. */
const SCOPE = "person_id, is_agent, sketch_epoch";

export const groupPrompts = (method: Method) =>
  defineStatement({
    name: "signals: prompts",
    sql: `
INSERT INTO signal_prompts (version, person_id, week, run_id, agent_id, parent_agent_id, started_at, event_id, is_agent, is_opening,
  is_short, is_template, cluster)
WITH
  texts AS (
    SELECT ${SCOPE}, text, any(sketch) AS numbers, count() AS times, min((started_at, event_id)) AS first
    FROM signal_calls
    WHERE ${OF_WEEK} AND ${IS_COMPARED} AND notEmpty(sketch)
    GROUP BY ${SCOPE}, text
  ),
  candidates AS (
    SELECT DISTINCT ${SCOPE}, text, head
    FROM (
      SELECT ${SCOPE}, text, count() OVER one_bucket AS members, argMin(text, (first, text)) OVER one_bucket AS head
      FROM (
        SELECT ${SCOPE}, text, first,
          arrayJoin(${bandsOf("numbers")}) AS bucket
        FROM texts
      )
      WINDOW one_bucket AS (PARTITION BY ${SCOPE}, bucket)
    )
    WHERE members > 1
  ),
  alike AS (
    SELECT ${SCOPE}, text, head, sum(times) OVER (PARTITION BY ${SCOPE}, head) AS prompts
    FROM candidates
    INNER JOIN texts USING (${SCOPE}, text)
    INNER JOIN (SELECT ${SCOPE}, text AS head, numbers AS head_numbers FROM texts) AS heads USING (${SCOPE}, head)
    WHERE ${areAlike("numbers", "head_numbers", method)}
  ),
  joined AS (
    SELECT ${SCOPE}, text, argMax(head, (prompts, head)) AS cluster_text FROM alike GROUP BY ${SCOPE}, text
  ),
  templates AS (
    SELECT sketch_epoch, sketch AS template_numbers FROM signal_templates WHERE version = {version:UInt64}
  ),
  handed_out AS (
    SELECT ${SCOPE}, text
    FROM (
      SELECT ${SCOPE}, text, numbers, arrayJoin(${bandsOf("numbers", TEMPLATE_BANDS)}) AS bucket
      FROM texts
      WHERE NOT is_agent AND sketch_epoch GLOBAL IN (SELECT sketch_epoch FROM templates)
    ) AS said
    INNER JOIN (
      SELECT sketch_epoch, template_numbers, arrayJoin(${bandsOf("template_numbers", TEMPLATE_BANDS)}) AS bucket FROM templates
    ) AS compared USING (sketch_epoch, bucket)
    WHERE ${areAlike("numbers", "template_numbers", method)}
  )
SELECT {version:UInt64}, person_id, {week:Date}, run_id, agent_id, parent_agent_id, started_at, event_id, is_agent, is_opening,
  empty(sketch), (${SCOPE}, text) GLOBAL IN (SELECT ${SCOPE}, text FROM handed_out), if(cluster_text = 0, text, cluster_text)
FROM signal_calls LEFT JOIN joined USING (${SCOPE}, text)
WHERE ${OF_WEEK} AND ${IS_COMPARED}`,
    params: z.object({ version: z.int(), week: z.iso.date() }),
  });

function areAlike(one: string, other: string, { signals }: Method): string {
  return `arrayCount((one, other) -> one = other, ${one}, ${other}) >= ${signals.replaySimilarity * SKETCH_SIZE}`;
}

// The calls that bring a text of their own, and by what each may be compared with others of the same person. They are put into a
// working table once, because heartbeats and replays are both looked for among them. Calls of tools and their results, most of an
// agent's traffic, have no such text.
//
// Where a rule does not hold for a call, the call lacks what that rule compares, so that it neither counts among the others nor is
// found: one of a service key; for replays one of a registered schedule; for near replays a person's own turn, because those who
// teach or are on call honestly repeat themselves, and a run that something came of.
//
// Texts that were hashed under two keys, in the days after a change of epoch, are compared under both: of two calls within 14
// days there is always one key that both have. Sketches have one key, so that near replays are counted anew with each epoch.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import { CONCERNED, creditParams, idsOfPeople, OWN_REASONS, READ_FROM, REWARDED } from "./credits.ts";

/** Calls of one person without their own reason, with the features of their text. */
const FEATURES = `
    SELECT event_id AS featured_id, expires_at AS features_expire_at, delta_hash, delta_hash_previous, delta_sketch, sketch_epoch,
      prefix_hash, parent_prefix_hash, parent_prefix_hash_previous, system_hash, system_hash_previous
    FROM call_features FINAL
    WHERE started_at >= {read_from:DateTime64(3)} AND expires_at > {now:DateTime64(3)} AND isNotNull(delta_hash)
      AND event_id GLOBAL IN ${idsOfPeople("SELECT person_id FROM concerned")}`;

const FACTS = `
    SELECT event_id AS fact_id, client, trigger, entrypoint, request_kind, ifNull(previous_response_id, '') AS continued_response, gateway_id
    FROM token_events FINAL
    WHERE started_at >= {read_from:DateTime64(3)} AND expires_at > {now:DateTime64(3)}
      AND trigger != 'tool' AND key_kind != 'service' AND event_id GLOBAL IN ${idsOfPeople("SELECT person_id FROM concerned")}`;

/** The gateway leaves the hash out where the provider keeps the conversation; an import may just not have it. */
const KNOWS_BEGINNING = "(isNotNull(prefix_hash) OR continued_response != '' OR gateway_id = '')";

const beginning = (suffix: string): string =>
  `cityHash64(assumeNotNull(delta_hash${suffix}), ifNull(system_hash${suffix}, ''),
        ifNull(parent_prefix_hash${suffix}, continued_response))`;

/** A list of what there is under the key of the call's epoch and, where it has one, the key before. */
const underBothKeys = (hashOf: (suffix: string) => string): string =>
  `arrayConcat([${hashOf("")}], if(isNotNull(delta_hash_previous), [${hashOf("_previous")}], []))`;

const IS_PERSONS_TURN = "(trigger = 'human' AND entrypoint NOT IN ('headless', 'sdk'))";

export const gatherPrompts = defineStatement({
  name: "analytics: prompts",
  sql: `
INSERT INTO analysis_prompts (version, person_id, event_id, started_at, inputs_expire_at, run_id, starts_turn, texts, beginnings,
  sketch_epoch, sketch)
WITH
  concerned AS (${CONCERNED}),
  prompts AS (
    SELECT calls.person_id AS person, event_id, started_at, run_id, class_source, features.*, facts.*,
      row_number() OVER (PARTITION BY person, run_id ORDER BY started_at, event_id) = 1
      AND request_kind = 'main' AND isNull(parent_prefix_hash) AND continued_response = '' AS is_opening
    FROM calls FINAL
    INNER JOIN concerned ON concerned.person_id = calls.person_id
    INNER JOIN (${FEATURES}) AS features ON featured_id = event_id
    INNER JOIN (${FACTS}) AS facts ON fact_id = event_id
    WHERE started_at >= {read_from:DateTime64(3)} AND started_at >= ${READ_FROM} AND expires_at > {now:DateTime64(3)}
      AND calls.person_id GLOBAL IN (SELECT person_id FROM concerned) AND reason NOT IN (${OWN_REASONS})
  )
SELECT {version:UInt64}, person, event_id, started_at, features_expire_at, run_id, trigger != 'agent',
  ${underBothKeys((suffix) => `cityHash64(client, assumeNotNull(delta_hash${suffix}))`)},
  if(notEmpty(delta_sketch) AND class_source != 'schedule' AND ${KNOWS_BEGINNING}, ${underBothKeys(beginning)}, []),
  sketch_epoch,
  if(is_opening AND class_source != 'schedule' AND NOT ${IS_PERSONS_TURN}
    AND (person, run_id) GLOBAL NOT IN (${REWARDED}), delta_sketch, [])
FROM prompts`,
  params: creditParams,
});

export const countPrompts = defineQuery({
  name: "analytics: number of prompts",
  sql: "SELECT count() AS prompts FROM analysis_prompts WHERE version = {version:UInt64}",
  params: z.object({ version: z.int() }),
  row: z.object({ prompts: z.coerce.number() }),
});

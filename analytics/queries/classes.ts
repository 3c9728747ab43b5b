// Of which class the work of a run is, where somebody said so beside its calls. Surest first: a correction of the run, the header
// of a call, a schedule of the person during which the run began without them, and what the key declares.
//
// A correction names one call of the run, because the run's id may change with what comes in late; it holds for all of the run's
// calls. So it can touch calls of long before a window, and so can one that was taken back, or whose call went to another run. What
// is stored of all calls of the people who ever corrected something is therefore held against what should be, and what differs is
// written anew. The windows are widened first, so that days and weeks of these calls are summed again.

import { z } from "zod";
import { defineQuery, defineStatement } from "../../schemas/clickhouse/store.ts";
import { NOBODY, PERSON } from "./call-facts.ts";
import { FROZEN, WINDOWS } from "./windows.ts";

/** Of several schedules that hold, and of several corrections, the one that was declared last counts. Calls have a class, too. */
const latest = (declared: string): string =>
  `max((${declared}.declared_at, ${declared}.declaration_id, toString(${declared}.workload_class))).3`;

/** Which hour since 1970 a time is in. Schedules and starts of runs meet by the hour: all of a person's with all would take minutes. */
const hourOf = (time: string): string => `toUInt64(intDiv(toUnixTimestamp(${time}), 3600))`;

/** Calls whose class is not as it should be, with `class` and `source` that it should have. */
const MISJUDGED = `
WITH
  concerned AS (
    SELECT declared_classes.person_id AS person, any(windows.from_at) AS window_from, countIf(source = 'run') > 0 AS has_corrections
    FROM declared_classes INNER JOIN (${WINDOWS}) AS windows ON windows.person_id = declared_classes.person_id
    GROUP BY person
  ),
  declared AS (
    SELECT * FROM declared_classes FINAL
    WHERE expires_at > {now:DateTime64(3)} AND person_id GLOBAL IN (SELECT person FROM concerned)
  ),
  assigned AS (
    SELECT * FROM calls FINAL INNER JOIN concerned ON person = person_id
    WHERE (started_at >= window_from OR has_corrections) AND expires_at > {now:DateTime64(3)}
  ),
  corrected AS (
    SELECT assigned.person AS corrected_person, run_id AS corrected_run, ${latest("declared")} AS corrected_class
    FROM assigned INNER JOIN declared ON declared.person_id = assigned.person AND declared.event_id = assigned.event_id
    WHERE declared.source = 'run'
    GROUP BY corrected_person, corrected_run
  ),
  former AS (
    SELECT person_id AS former_person, run_id AS former_run, started_at AS former_started_at
    FROM runs FINAL INNER JOIN concerned ON person = person_id
    WHERE started_at < window_from
  ),
  begun AS (
    SELECT assigned.*, former_run,
      if(former_run != '', former_started_at, min(started_at) OVER (PARTITION BY person, run_id)) AS run_began_at
    FROM assigned LEFT JOIN former ON former_person = person AND former_run = run_id
  ),
  due AS (
    SELECT *, arrayJoin(range(${hourOf("from_at")}, ${hourOf("to_at")} + 1)) AS due_hour
    FROM declared WHERE source = 'schedule'
  ),
  persons_turns AS (
    SELECT ${PERSON} AS writer, started_at AS written_at FROM token_events FINAL
    WHERE trigger = 'human' AND entrypoint = 'interactive' AND writer GLOBAL IN (SELECT person_id FROM due)
  ),
  scheduled AS (
    SELECT begun.event_id AS scheduled_id, ${latest("due")} AS scheduled_class
    FROM begun INNER JOIN due ON due.person_id = begun.person AND due_hour = ${hourOf("run_began_at")}
    WHERE run_began_at >= due.from_at AND run_began_at < due.to_at
      AND due.key_id IN (toUUID('${NOBODY}'), begun.key_id)
      AND (begun.person, run_began_at) GLOBAL NOT IN persons_turns
    GROUP BY scheduled_id
  ),
  judged AS (
    SELECT begun.*, until,
      multiIf(corrected_class != '', 'run', own_class_source = 'header', 'header', scheduled_class != '', 'schedule',
        own_class_source) AS source,
      multiIf(source = 'run', corrected_class, source = 'schedule', scheduled_class, own_class) AS class
    FROM begun
    LEFT JOIN corrected ON corrected_person = person AND corrected_run = run_id
    LEFT JOIN scheduled ON scheduled_id = event_id
    LEFT JOIN (${FROZEN}) AS frozen ON frozen_person = person
    WHERE started_at >= until AND (workload_class, class_source) != (class, source)
  )`;

const params = z.object({ version: z.int(), now: z.date(), timezone: z.string() });

export const widenForClasses = defineStatement({
  name: "analytics: windows of declared classes",
  sql: `
INSERT INTO analysis_windows (version, person_id, from_at, from_day)
${MISJUDGED}
SELECT {version:UInt64}, person, min(started_at) AS from_at, toDate(from_at, {timezone:String})
FROM judged GROUP BY person`,
  params,
});

/** The rows replace those that this pass wrote with the same version: of equal versions the one that came last counts. */
export const classifyCalls = defineStatement({
  name: "analytics: declared classes",
  sql: `
INSERT INTO calls (event_id, person_id, started_at, key_id, run_id, run_source, turn_id, agent_id, parent_agent_id,
  parent_event_id, link, operation_id, attempt, credited, reason, inputs_expire_at, workload_class, class_source, own_class,
  own_class_source, computed_at, version, expires_at)
${MISJUDGED}
SELECT event_id, person, started_at, key_id, run_id, run_source, turn_id, agent_id, parent_agent_id,
  parent_event_id, link, operation_id, attempt, credited, reason, inputs_expire_at, class, source, own_class,
  own_class_source, computed_at, {version:UInt64}, expires_at
FROM judged`,
  params,
});

/** What the people of the windows declared, also what they took back. */
export const countDeclared = defineQuery({
  name: "analytics: number of declared classes",
  sql: `
SELECT count() AS declared FROM declared_classes
WHERE person_id GLOBAL IN (SELECT person_id FROM analysis_windows WHERE version = {version:UInt64})`,
  params: z.object({ version: z.int() }),
  row: z.object({ declared: z.coerce.number() }),
});

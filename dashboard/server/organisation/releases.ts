// The releases as they are kept. One that is due is made by whoever asks first; from then on it stays as it is, so that a call or an
// outcome that is recorded later can't be had as the difference of two answers.
//
// Always holds: of a frame there is one release. Before analytics has looked at all of a frame there is none of it.

import { desc, lt } from "drizzle-orm";
import type { Stores } from "../../../schemas/command.ts";
import type { Config } from "../../../schemas/config.ts";
import { RELEASES_SHOWN_MAX, releaseSchema, type Release } from "../../../schemas/organisation-api.ts";
import { organisationReleases } from "../../../schemas/postgres/release-tables.ts";
import { readRules } from "../../../schemas/postgres/setting-versions.ts";
import { addDays, toDay, toMonday } from "../../../schemas/working-days.ts";
import type { OrganisationScope } from "../access/scope.ts";
import { computedAt } from "../queries/computed-at.ts";
import { dueFrames, frameBefore, nextReleaseOn, type Frame } from "./frames.ts";
import { readMemberships } from "./memberships.ts";
import { makeRelease } from "./release.ts";

/** Ten years of them. */
const RELEASES_KEPT_MAX = 130;

export interface ReleasesContext {
  scope: OrganisationScope;
  config: Pick<Config, "timezone" | "method" | "individualScoring" | "retentionDays" | "given">;
  now: Date;
}

export interface Releases {
  /** Newest first, at most three. */
  releases: Release[];
  /** The first day on which there can be another one. */
  nextOn: string;
}

export async function readReleases(stores: Stores, context: ReleasesContext): Promise<Releases> {
  const kept = await readKept(stores);
  const { timezone } = context.config;
  const due = dueFrames(kept[0]?.from, context.now, timezone);
  const isDue = due.length > 0 && (await isLookedAt(stores, due.at(-1), timezone));
  if (isDue) await makeDue(stores, due, { ...context, kept });
  const releases = isDue ? await readKept(stores) : kept;
  const newest = releases[0];
  return {
    releases,
    nextOn:
      newest === undefined ? addDays(toMonday(toDay(context.now, timezone)), 8) : nextReleaseOn(newest.from),
  };
}

/** All that are kept, oldest first, with those that are due. */
export async function listReleases(stores: Stores, context: ReleasesContext): Promise<Release[]> {
  await readReleases(stores, context);
  return (await readKept(stores, RELEASES_KEPT_MAX)).toReversed();
}

async function readKept({ postgres: { db } }: Stores, max = RELEASES_SHOWN_MAX): Promise<Release[]> {
  const rows = await db
    .select({ body: organisationReleases.body })
    .from(organisationReleases)
    .orderBy(desc(organisationReleases.firstDay))
    .limit(max);
  return rows.map(({ body }) => releaseSchema.parse(body));
}

async function isLookedAt(
  { clickhouse }: Stores,
  frame: Frame | undefined,
  timezone: string,
): Promise<boolean> {
  const [state] = await clickhouse.query(computedAt, {});
  return (
    frame !== undefined && state !== undefined && toDay(new Date(state.computed_at), timezone) >= frame.until
  );
}

async function makeDue(
  stores: Stores,
  due: readonly Frame[],
  { kept, scope, config: started, now }: ReleasesContext & { kept: readonly Release[] },
): Promise<void> {
  const config = await readRules(stores.postgres, started);
  const memberships = await readMemberships(stores, { scope, timezone: config.timezone, now });
  const made: Release[] = [];
  for (const frame of due) {
    const before = frameBefore(frame).from;
    const hasBefore = [...kept, ...made].some(({ from }) => from === before);
    const release = await makeRelease(stores, frame, { scope, config, memberships, hasBefore, now });
    // With the first one it is fixed when the others are: not by a frame of which nothing can be shown.
    if (kept.length > 0 || release.cost_usd !== null) made.push(release);
  }
  if (kept.length === 0 && made.at(-1)?.from !== due.at(-1)?.from) return;
  const { db } = stores.postgres;
  for (const release of made) {
    const row = { firstDay: release.from, releasedAt: now, body: release };
    await db.insert(organisationReleases).values(row).onConflictDoNothing();
  }
  const oldest = addDays(toDay(now, config.timezone), -config.retentionDays.weeks);
  await db.delete(organisationReleases).where(lt(organisationReleases.firstDay, oldest));
}

// Organisation: is our own target being gamed, and what do we get for the cost? The answer first, then what it rests on.
//
// Always holds: every figure is of a release, of a group, and rounded; nothing on the page can be filtered, and teams stand by the alphabet.

import "../styles/organisation.css";
import { useQuery } from "@tanstack/react-query";
import type { OrganisationAnswer } from "../../../schemas/organisation-api.ts";
import { readOrganisation } from "../api/organisation.ts";
import { FigureStrip } from "../components/figure-strip.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Segments } from "../components/segments.tsx";
import { Failed, Loading, Note, Skeleton } from "../components/states.tsx";
import { Link, PATHS, useAddress } from "../location.tsx";
import { dayOf } from "../prepare/calendar.ts";
import { formatDay } from "../prepare/format.ts";
import { toOrganisationFigures } from "../prepare/organisation-figures.ts";
import {
  parseRange,
  RANGES,
  type Range,
  toOrganisationView,
  toRangeAddress,
} from "../prepare/organisation-view.ts";
import { useSession } from "../session.ts";
import { CostByModel } from "./organisation/cost-by-model.tsx";
import { Groups } from "./organisation/groups.tsx";
import { TargetAnswers } from "./organisation/target-answers.tsx";
import { Teams } from "./organisation/teams.tsx";
import { WhatCameOfIt } from "./organisation/what-came-of-it.tsx";

export function Organisation() {
  const { api, me, now } = useSession();
  const range = parseRange(useAddress().search);
  const organisation = useQuery({ queryKey: ["organisation"], queryFn: () => readOrganisation(api) });
  const today = dayOf(now(), me.timezone);
  return (
    <>
      <PageHead
        title="Organisation"
        audience={`Visible to owners. Totals of groups of ${organisation.data?.min_group ?? 10} people or more; no names, and no list of people.`}
        notes={organisation.data && <Period answer={organisation.data} range={range} today={today} />}
      >
        <Segments
          label="Range"
          segments={RANGES.map((each) => ({
            label: each.label,
            href: toRangeAddress(each),
            isCurrent: each === range,
          }))}
        />
      </PageHead>
      <div className="sheet">
        {organisation.error !== null && (
          <div className="section">
            <Failed error={organisation.error} retry={() => void organisation.refetch()} />
          </div>
        )}
        {organisation.data !== undefined && (
          <OrganisationSheet answer={organisation.data} range={range} today={today} />
        )}
        {organisation.isPending && <Loading shape={<OrganisationShape />} />}
      </div>
    </>
  );
}

interface SheetProps {
  answer: OrganisationAnswer;
  range: Range;
  today: string;
}

function Period({ answer: { releases, next_on }, range, today }: SheetProps) {
  const [newest] = releases;
  if (newest === undefined)
    return <>The first figures come on {formatDay(next_on, today)} at the earliest.</>;
  const oldest = releases.slice(0, range.releases).at(-1) ?? newest;
  return (
    <>
      {newest.people} people, {formatDay(oldest.from, today)} to {formatDay(newest.to, today)}. Next on{" "}
      {formatDay(next_on, today)}.
    </>
  );
}

function OrganisationSheet({ answer, range, today }: SheetProps) {
  const [newest, ...older] = answer.releases.slice(0, range.releases);
  if (newest === undefined) return <NothingYet answer={answer} today={today} />;
  const view = toOrganisationView([newest, ...older]);
  const [before, ...longBefore] = answer.releases.slice(range.releases, 2 * range.releases);
  const past = before === undefined ? undefined : toOrganisationView([before, ...longBefore]);
  return (
    <>
      <TargetAnswers answer={answer} view={view} today={today} />
      {answer.targets.length > 0 && (
        <section className="section">
          <Note kind="notice">
            A quota on usage brings about what this page looks for. Earned volume can be a target in its
            place, or the target can end: <Link href={PATHS.settings}>Settings</Link>.
          </Note>
        </section>
      )}
      <FigureStrip figures={toOrganisationFigures(view, past, range.label)} />
      <CostByModel view={view} today={today} />
      <WhatCameOfIt view={view} />
      <div className="split">
        <Teams view={view} minGroup={answer.min_group} range={range} />
        <Groups view={view} />
      </div>
    </>
  );
}

function NothingYet({ answer: { min_group, next_on }, today }: Omit<SheetProps, "range">) {
  return (
    <section className="section stack">
      <h2>Nothing can be shown yet.</h2>
      <p>
        Totals start at {min_group} people who used it in four whole weeks, so that no figure can be one
        person&apos;s. The next time they can be there is {formatDay(next_on, today)}.
      </p>
      <p>
        Connect people first: <Link href={PATHS.keys}>Keys and clients</Link>.
      </p>
    </section>
  );
}

function OrganisationShape() {
  return (
    <>
      <div className="section stack">
        <Skeleton height={18} width={200} />
        <Skeleton height={62} />
      </div>
      <div className="section">
        <Skeleton height={240} />
      </div>
      <div className="figure-strip">
        {["cost", "earned", "outcomes", "cost per outcome"].map((name) => (
          <div key={name} className="stack">
            <Skeleton height={18} width="60%" />
            <Skeleton height={36} width="80%" />
          </div>
        ))}
      </div>
    </>
  );
}

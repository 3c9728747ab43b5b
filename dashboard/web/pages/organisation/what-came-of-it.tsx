// What came of it, by class of work: the yield with its interval, a meter while there is too little to go by, or why it is not scored.

import { EvidenceMeter } from "../../components/evidence-meter.tsx";
import { Interval, IntervalAxis } from "../../components/interval.tsx";
import { formatCount } from "../../prepare/format.ts";
import type { OrganisationView } from "../../prepare/organisation-view.ts";
import { EXPECTED_MIN, toClassYield, writeEstimate, writeVerdict } from "../../prepare/organisation-words.ts";
import { nameClass } from "../../prepare/slices.ts";

export function WhatCameOfIt({ view: { yields } }: { view: OrganisationView }) {
  return (
    <section className="section" aria-labelledby="came-of-it">
      <div className="section-head">
        <div>
          <h2 id="came-of-it">What came of it, by class</h2>
          <p>1.0 is what runs of the same class and cost brought in the 12 weeks before.</p>
        </div>
      </div>
      {yields.length === 0 && <p className="notes">Not shown.</p>}
      {yields.some(({ is_scored }) => is_scored) && (
        <div className="class-yield" data-axis>
          <div />
          <IntervalAxis />
        </div>
      )}
      {yields.map((row) => (
        <ClassRow key={row.name} row={row} />
      ))}
    </section>
  );
}

function ClassRow({ row }: { row: OrganisationView["yields"][number] }) {
  const { name, outcomes, expected, is_scored } = row;
  const estimate = toClassYield(row);
  return (
    <div className="class-yield">
      <div>
        <h3>{nameClass(name)}</h3>
        <p className="labels number">
          {formatCount(Math.round(outcomes))} outcomes, {formatCount(Math.round(expected))} expected
        </p>
      </div>
      {is_scored ? (
        <>
          {expected < EXPECTED_MIN ? (
            <EvidenceMeter expected={expected} needed={EXPECTED_MIN} />
          ) : (
            <Interval estimate={estimate} />
          )}
          <div>
            {expected >= EXPECTED_MIN && <p className="number">{writeEstimate(estimate)}</p>}
            <p className="labels">
              {expected < EXPECTED_MIN ? "Not enough evidence" : writeVerdict(estimate)}
            </p>
          </div>
        </>
      ) : (
        <>
          <p className="notes">
            Too little of this work can be linked, so it is not scored. Unseen is not zero.
          </p>
          <p className="labels">Not scored: below 50 % coverage</p>
        </>
      )}
    </div>
  );
}

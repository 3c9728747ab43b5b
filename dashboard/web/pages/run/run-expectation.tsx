// What was expected of a run like this, and why. No verdict: a single run never gets one.

import { explainExpectation, toFacts } from "../../prepare/run-expectation.ts";
import type { RunValue } from "../../../../schemas/run-value-api.ts";

export function RunExpectation({ value: { expectation, is_scoring_on } }: { value: RunValue }) {
  if (!is_scoring_on || expectation === null)
    return (
      <p className="notes">
        Nothing is expected or measured of this run: individual scoring is off, begins later, or has not got
        to it yet. Cost, credit and outcomes are counted all the same.
      </p>
    );
  return (
    <>
      {explainExpectation(expectation).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <dl className="facts">
        {toFacts(expectation).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="notes">
        One run says little, so it gets no verdict. Only weeks with 13 or more expected outcomes do.
      </p>
    </>
  );
}

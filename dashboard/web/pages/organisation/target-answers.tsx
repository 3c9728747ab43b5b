// Is our own target being gamed? The answer in words, then the person-weeks around the target, and any use beside meaningful use.

import type { OrganisationAnswer, TargetAnswer } from "../../../../schemas/organisation-api.ts";
import { formatDay } from "../../prepare/format.ts";
import type { OrganisationView } from "../../prepare/organisation-view.ts";
import {
  answerTarget,
  answerWithoutTarget,
  writeProbability,
  writeTarget,
} from "../../prepare/organisation-words.ts";
import { TargetColumns } from "./target-columns.tsx";
import { UseLines } from "./use-lines.tsx";

interface TargetAnswersProps {
  answer: OrganisationAnswer;
  view: OrganisationView;
  today: string;
}

export function TargetAnswers({ answer, view, today }: TargetAnswersProps) {
  const { targets } = view;
  const drawn = targets.find(({ columns }) => columns.length > 0);
  return (
    <>
      <section className="section target-answer">
        <p className="notes">Is our own target being gamed?</p>
        {targets.length === 0 && <p className="answer">{answerWithoutTarget(answer, today)}</p>}
        {targets.map((target) => (
          <p key={`${target.name} ${target.announced_on}`} className="answer">
            {targets.length > 1 && `${target.name}: `}
            {answerTarget(target)}
          </p>
        ))}
        {targets.some(({ verdict }) => verdict === "too_few") && (
          <p className="notes">
            A test needs that many weeks of people around a target, and people on both sides of it. The usual
            answer in a small organisation; nothing to do.
          </p>
        )}
      </section>
      <div className={drawn === undefined ? "section" : "split halves"}>
        {drawn !== undefined && <Around target={drawn} today={today} />}
        <UseLines view={view} today={today} target={targets[0]} />
      </div>
    </>
  );
}

function Around({ target, today }: { target: TargetAnswer; today: string }) {
  const { verdict, p_value, announced_on } = target;
  return (
    <section aria-labelledby="around-target">
      <div className="section-head">
        <div>
          <h2 id="around-target">
            {verdict === "bunching" ? "Weeks bunch at the target" : "Weeks around the target"}
          </h2>
          <p>
            {p_value === null ? "" : `Exact test ${writeProbability(p_value)}. `}
            {verdict === "bunching"
              ? "No such bunching at amounts that nobody announced."
              : "Amounts that nobody announced look the same."}{" "}
            {writeTarget(target)}, since {formatDay(announced_on, today)}.
          </p>
        </div>
      </div>
      <TargetColumns target={target} />
    </section>
  );
}

// One of my patterns: what was seen and what it often is, how long I have, what I can say, and only then each measurement.
//
// Always holds: the way to say what it is stands before the evidence, on every width, in reading order; once the pattern is closed there
// is nothing left to say, and the page says how it ended.

import type { OwnPattern } from "../../../../schemas/pattern-api.ts";
import { PageHead } from "../../components/page-head.tsx";
import { StateSteps } from "../../components/state-steps.tsx";
import { WorkingDays } from "../../components/working-days.tsx";
import { Link, PATHS } from "../../location.tsx";
import { dayOf } from "../../prepare/calendar.ts";
import { formatDay } from "../../prepare/format.ts";
import { tellAudience, toClockWords, toSteps } from "../../prepare/pattern-state.ts";
import { findEnding, nameMechanisms, tellWhatWasSeen } from "../../prepare/pattern-words.ts";
import { useSession } from "../../session.ts";
import { ManagerView } from "./manager-view.tsx";
import { Measurements } from "./measurements.tsx";
import { NamedRuns } from "./named-runs.tsx";
import { SayWhatItIs } from "./say-what-it-is.tsx";
import { Statements } from "./statements.tsx";
import { WhoHasLooked } from "./who-has-looked.tsx";

export function OwnPatternView({ pattern }: { pattern: OwnPattern }) {
  const { me, now } = useSession();
  const today = dayOf(now(), me.timezone);
  const looked = pattern.looks.length === 0 ? "Nobody else has looked." : undefined;
  const toldOn =
    pattern.notified_at === null
      ? ""
      : ` / told to you on ${formatDay(dayOf(new Date(pattern.notified_at), me.timezone), today)}`;
  return (
    <>
      <p className="notes breadcrumb">
        <Link href={PATHS.patterns}>My patterns</Link>
        {toldOn}
      </p>
      <PageHead
        title={`A pattern to discuss: ${lowerFirst(nameMechanisms(pattern.families))}`}
        audience={tellAudience(pattern, today)}
        notes={looked}
      />
      <div className="sheet pattern-sheet">
        <section className="section pattern-seen" aria-label="What was seen">
          <p className="pattern-lead">
            {tellWhatWasSeen(pattern, "own", formatDay(pattern.first_week, today))}
          </p>
          <StateSteps steps={toSteps(pattern)} />
        </section>
        <div className="pattern-say">
          <Clock pattern={pattern} today={today} />
          {pattern.closed_at === null && <SayWhatItIs pattern={pattern} />}
        </div>
        <div className="pattern-evidence">
          <Measurements pattern={pattern} today={today} />
          <NamedRuns pattern={pattern} />
          <Remedies remedies={pattern.remedies} />
        </div>
        <div className="pattern-more">
          <Statements statements={pattern.statements} />
          <ManagerView pattern={pattern} />
          <WhoHasLooked looks={pattern.looks} />
        </div>
      </div>
    </>
  );
}

function Clock({ pattern, today }: { pattern: OwnPattern; today: string }) {
  if (pattern.clock === null)
    return (
      <section className="section" aria-labelledby="pattern-clock">
        <h2 id="pattern-clock">How it ended</h2>
        <p className="notes pattern-note">{findEnding(pattern)?.sentence} There is nothing left to do.</p>
      </section>
    );
  const { sentence, days } = toClockWords(pattern.clock, today);
  const heading = { opens: "Time to explain", lapses: "Your contest waits", expires: "Your manager decides" };
  return (
    <section className="section" aria-labelledby="pattern-clock">
      <h2 id="pattern-clock">{heading[pattern.clock.until]}</h2>
      <p className="notes pattern-note">{sentence}</p>
      <WorkingDays days={days} />
    </section>
  );
}

function Remedies({ remedies }: { remedies: readonly string[] }) {
  if (remedies.length === 0) return null;
  return (
    <section className="section" aria-labelledby="pattern-remedies">
      <h2 id="pattern-remedies" className="pattern-heading">
        What would change it
      </h2>
      <ul className="pattern-list">
        {remedies.map((remedy) => (
          <li key={remedy}>{remedy}</li>
        ))}
      </ul>
    </section>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

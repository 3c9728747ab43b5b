// What was said of a pattern so far, in order, in the words of those who said it.

import type { Statement } from "../../../../schemas/pattern-api.ts";
import { formatMoment } from "../../prepare/pattern-state.ts";
import { nameStatement } from "../../prepare/statement-words.ts";
import { useSession } from "../../session.ts";

export function Statements({ statements }: { statements: readonly Statement[] }) {
  const { now } = useSession();
  if (statements.length === 0) return null;
  return (
    <section className="section" aria-labelledby="pattern-said">
      <h2 id="pattern-said" className="pattern-heading">
        What was said
      </h2>
      <ol className="statements">
        {statements.map((statement) => (
          <li key={`${statement.said_at} ${statement.kind}`}>
            <p className="labels">
              {nameStatement(statement)}, {formatMoment(statement.said_at, now())}
            </p>
            <p className="statement-text">{statement.text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

// Who has looked at my pattern, and when: from the audit, so that nothing is missing.

import type { OwnPattern } from "../../../../schemas/pattern-api.ts";
import { Link, PATHS } from "../../location.tsx";
import { formatUtc } from "../../prepare/format.ts";
import { toLookRows } from "../../prepare/pattern-state.ts";
import { useSession } from "../../session.ts";

export function WhoHasLooked({ looks }: { looks: OwnPattern["looks"] }) {
  const { now } = useSession();
  const rows = toLookRows(looks, now());
  return (
    <section className="section" aria-labelledby="pattern-looks">
      <h2 id="pattern-looks" className="pattern-heading">
        Who has looked
      </h2>
      {rows.length === 0 ? (
        <p className="notes">Nobody but you.</p>
      ) : (
        <ul className="looks">
          {rows.map(({ key, who, what, when, instant }) => (
            <li key={key}>
              <span>{who}</span>
              <time dateTime={instant} title={formatUtc(instant)} className="labels">
                {when}
              </time>
              <span className="labels">{what}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="notes pattern-note">
        Everything that was done with data of yours stands in the <Link href={PATHS.policy}>audit</Link>.
      </p>
    </section>
  );
}

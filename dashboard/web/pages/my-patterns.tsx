// My patterns: is there something to explain before anyone else sees it? The list of what I was told of, or one of them.
//
// Always holds: while nothing is known yet the page says neither that there is something nor that there is nothing.

import { useQuery } from "@tanstack/react-query";
import type { Patterns } from "../../../schemas/pattern-api.ts";
import { readPatterns } from "../api/patterns.ts";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Skeleton } from "../components/states.tsx";
import { Link, PATHS } from "../location.tsx";
import { dayOf } from "../prepare/calendar.ts";
import { toPatternLists, type PatternRowView } from "../prepare/pattern-rows.ts";
import { useSession } from "../session.ts";
import "../styles/patterns.css";
import { OwnPatternView } from "./patterns/own-pattern.tsx";

export function MyPatterns({ id }: { id: string | null }) {
  const { api, me } = useSession();
  const patterns = useQuery({
    queryKey: ["patterns", me.person_id],
    queryFn: () => readPatterns(api, me.person_id),
  });
  const found = patterns.data?.patterns.find(({ pattern_id }) => pattern_id === id);
  if (id !== null && found !== undefined) return <OwnPatternView pattern={found} />;
  return (
    <>
      {id !== null && (
        <p className="notes breadcrumb">
          <Link href={PATHS.patterns}>My patterns</Link>
        </p>
      )}
      <PageHead
        title="My patterns"
        audience="Visible to you alone until a pattern opens. Then your manager sees that pattern, and each look is recorded."
      />
      <div className="sheet">
        {patterns.isPending && <Loading shape={<Skeleton height={240} />} />}
        {patterns.error !== null && (
          <div className="section">
            <Failed error={patterns.error} retry={() => void patterns.refetch()} />
          </div>
        )}
        {patterns.data !== undefined &&
          (id === null ? <Lists patterns={patterns.data} /> : <NoSuchPattern />)}
      </div>
    </>
  );
}

function Lists({ patterns }: { patterns: Patterns }) {
  const { me, now } = useSession();
  if (patterns.individual_scoring === "off")
    return <Nothing>Individual scoring is switched off. Nobody is scored, and nobody has patterns.</Nothing>;
  if (patterns.patterns.length === 0)
    return patterns.scored_from === null ? (
      <Nothing>
        Nobody is scored yet: the owner has not published the policy that tells you of it. Until then there
        are no patterns.
      </Nothing>
    ) : (
      <Nothing>Nothing to explain. Most people never see anything here.</Nothing>
    );
  const { live, closed } = toPatternLists(patterns.patterns, dayOf(now(), me.timezone), me.timezone);
  return (
    <>
      <section className="section" aria-labelledby="live-patterns">
        <div className="section-head">
          <div>
            <h2 id="live-patterns">{live.length === 0 ? "Nothing to explain" : "To look at"}</h2>
            <p>
              A pattern is something to discuss, and often has an innocent cause. You see it first, with all
              of its evidence.
            </p>
          </div>
        </div>
        {live.length > 0 && <PatternTable caption="Patterns that are not closed" rows={live} />}
      </section>
      {closed.length > 0 && (
        <section className="section" aria-labelledby="closed-patterns">
          <h2 id="closed-patterns" className="pattern-heading">
            Closed
          </h2>
          <PatternTable caption="Closed patterns" rows={closed} />
        </section>
      )}
    </>
  );
}

function PatternTable({ caption, rows }: { caption: string; rows: readonly PatternRowView[] }) {
  return (
    <table>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Pattern</th>
          <th scope="col">State</th>
          <th scope="col" className="right wide">
            Told to you
          </th>
          <th scope="col" className="right">
            Next
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.patternId}>
            <th scope="row">
              <Link href={`${PATHS.patterns}/${row.patternId}`}>{row.name}</Link>
            </th>
            <td>{row.state}</td>
            <td className="right wide">{row.toldOn}</td>
            <td className="right pattern-next">{row.next}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Nothing({ children }: { children: string }) {
  return (
    <section className="section stack">
      <p className="pattern-lead">{children}</p>
      <p className="notes">
        What a pattern is, what is needed for one, and who may see it when:{" "}
        <Link href={PATHS.policy}>Policy and audit</Link>.
      </p>
    </section>
  );
}

function NoSuchPattern() {
  return (
    <section className="section">
      <p>
        There is no such pattern for you. It may be deleted by now: closed ones are kept for a time. Go back
        to <Link href={PATHS.patterns}>My patterns</Link>.
      </p>
    </section>
  );
}

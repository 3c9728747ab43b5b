// The audit: who, what, when, why. The officer reads everybody's entries, others those about them and by them.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type SyntheticEvent } from "react";
import { readOwnAudit, readVerification, readWholeAudit } from "../../api/audit.ts";
import { CopyBlock } from "../../components/copy-block.tsx";
import { Segments } from "../../components/segments.tsx";
import { Failed, Loading, Note, Skeleton } from "../../components/states.tsx";
import { navigate, PATHS, useAddress } from "../../location.tsx";
import {
  type AuditRow,
  type AuditView,
  parseAuditView,
  tellVerification,
  toAuditFilter,
  toAuditRows,
  toAuditSearch,
  toVerdictLines,
} from "../../prepare/audit-view.ts";
import { useSession } from "../../session.ts";
import { readText } from "../settings/form-values.ts";

export function AuditList() {
  const { api, me, now } = useSession();
  const isOfficer = me.role === "officer";
  const view = parseAuditView(useAddress().search, isOfficer);
  const filter = toAuditFilter(view, me.timezone);
  const audit = useInfiniteQuery({
    queryKey: ["audit", view.whose, me.person_id, filter],
    queryFn: ({ pageParam: cursor }) =>
      view.whose === "all"
        ? readWholeAudit(api, { ...filter, cursor })
        : readOwnAudit(api, me.person_id, { ...filter, cursor }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });
  const href = (change: Partial<AuditView>) => toHref({ ...view, ...change }, isOfficer);
  const [first] = audit.data?.pages ?? [];
  const rows = toAuditRows(audit.data?.pages.flatMap(({ entries }) => entries) ?? [], now());
  return (
    <section className="section stack" aria-labelledby="audit">
      <div className="section-head">
        <div>
          <h2 id="audit">Audit</h2>
          <p>
            {view.whose === "all"
              ? "Everybody’s entries, newest first."
              : "Who looked at your data or acted on it, and what you did yourself, newest first."}
          </p>
        </div>
        {isOfficer && (
          <Segments
            label="Whose entries"
            segments={[
              { label: "Everybody’s", href: href({ whose: "all" }), isCurrent: view.whose === "all" },
              { label: "Mine", href: href({ whose: "own" }), isCurrent: view.whose === "own" },
            ]}
          />
        )}
      </div>
      <Verification />
      <AuditFilters view={view} actions={first?.actions ?? []} isOfficer={isOfficer} />
      {audit.isPending && <Loading shape={<Skeleton height={240} />} />}
      {audit.error !== null && <Failed error={audit.error} retry={() => void audit.refetch()} />}
      {audit.data !== undefined && <AuditTable rows={rows} isFiltered={Object.keys(filter).length > 0} />}
      <div className="settings-controls">
        {audit.hasNextPage ? (
          <button type="button" className="button" onClick={() => void audit.fetchNextPage()}>
            Show older ones
          </button>
        ) : (
          <span />
        )}
        <span className="notes">
          Your entries as a file: <Download format="csv" /> <Download format="json" />
        </span>
      </div>
    </section>
  );
}

function toHref(view: AuditView, isOfficer: boolean): string {
  return `${PATHS.policy}${toAuditSearch(view, isOfficer)}`;
}

function Download({ format }: { format: "csv" | "json" }) {
  const { me } = useSession();
  return (
    <a href={`/api/v1/people/${me.person_id}/audit/export?format=${format}`} download={`audit.${format}`}>
      {format.toUpperCase()}
    </a>
  );
}

function Verification() {
  const { api } = useSession();
  const verification = useQuery({
    queryKey: ["audit", "verification"],
    queryFn: () => readVerification(api),
  });
  if (verification.isPending) return <Loading shape={<Skeleton height={20} width={280} />} />;
  if (verification.error !== null)
    return <Failed error={verification.error} retry={() => void verification.refetch()} />;
  const { data } = verification;
  return (
    <div>
      {data.state === "verified" ? (
        <p className="verified">{tellVerification(data)}</p>
      ) : (
        <Note kind="failed">{tellVerification(data)}</Note>
      )}
      <details>
        <summary className="notes">Keep this verdict elsewhere</summary>
        <p className="notes">
          Whoever keeps it can tell later whether newest entries were cut off: the head then stands no longer
          in the chain.
        </p>
        <CopyBlock label="Verdict" lines={toVerdictLines(data)} />
      </details>
    </div>
  );
}

interface AuditFiltersProps {
  view: AuditView;
  actions: readonly { action: string; label: string }[];
  isOfficer: boolean;
}

function AuditFilters({ view, actions, isOfficer }: AuditFiltersProps) {
  const change = (event: SyntheticEvent<HTMLFormElement>) => {
    const form = event.currentTarget;
    const [action, from, to] = [readText(form, "action"), readText(form, "from"), readText(form, "to")];
    navigate(toHref({ ...view, action, from, to }, isOfficer), { replace: true });
  };
  return (
    <form
      className="audit-filters"
      role="search"
      onChange={change}
      onSubmit={(event) => event.preventDefault()}
    >
      <div>
        <label htmlFor="audit-action">What</label>
        <select id="audit-action" name="action" key={actions.length} defaultValue={view.action} data-filter>
          <option value="">Everything</option>
          {actions.map(({ action, label }) => (
            <option key={action} value={action}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label htmlFor="audit-from">From</label>
        <input id="audit-from" name="from" type="date" defaultValue={view.from} />
      </div>
      <div>
        <label htmlFor="audit-to">To</label>
        <input id="audit-to" name="to" type="date" defaultValue={view.to} />
      </div>
    </form>
  );
}

function AuditTable({ rows, isFiltered }: { rows: readonly AuditRow[]; isFiltered: boolean }) {
  if (rows.length === 0)
    return <p>{isFiltered ? "Nothing matches. Clear the filter." : "No entries yet."}</p>;
  return (
    <table>
      <caption className="visually-hidden">Audit, newest first</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who and what</th>
          <th scope="col" className="wide">
            Why
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, when, utc, who, what, why }) => (
          <tr key={id}>
            <td title={utc} className="audit-when">
              {when}
            </td>
            <td>
              <b>{who}</b> {what}
              {why !== "–" && <div className="labels narrow">{why}</div>}
            </td>
            <td className="wide">{why}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// The keys of a person or of services, and how one is rotated or revoked.

import type { z } from "zod";
import type { keysSchema } from "../../../../schemas/dashboard-api.ts";
import type { ServiceKeys } from "../../../../schemas/key-api.ts";
import type { KeyOwner } from "../../api/keys.ts";
import { type KeyRow, toKeyRows } from "../../prepare/key-rows.ts";
import { Revoke } from "./revoke.tsx";
import { RotateKey } from "./rotate-key.tsx";
import { useSession } from "../../session.ts";

interface KeyTableProps {
  list: z.infer<typeof keysSchema> | Omit<ServiceKeys, "teams">;
  owner: KeyOwner;
  caption: string;
  now: Date;
  onRotated?: (secret: string) => void;
}

export function KeyTable({ list, owner, caption, now, onRotated }: KeyTableProps) {
  const { keys, calls_known_since: callsKnownSince } = list;
  if (keys.length === 0) return <p className="notes">No keys yet. Create one, and paste it into a client.</p>;
  const rows = toKeyRows({ keys, callsKnownSince }, now);
  const hasTeams = rows.some(({ team }) => team !== undefined);
  return (
    <table className="key-table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Key</th>
          {hasTeams && (
            <th scope="col" className="wide">
              Team
            </th>
          )}
          <th scope="col" className="wide">
            Class
          </th>
          <th scope="col" className="wide">
            Last used
          </th>
          <th scope="col" className="wide">
            Expires
          </th>
          <th scope="col" className="right">
            <span className="visually-hidden">Rotate or revoke</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <KeyRowView key={row.keyId} row={row} owner={owner} onRotated={onRotated} />
        ))}
      </tbody>
    </table>
  );
}

interface KeyRowViewProps extends Pick<KeyTableProps, "owner"> {
  row: KeyRow;
  onRotated: KeyTableProps["onRotated"] | undefined;
}

function KeyRowView({ row, owner, onRotated }: KeyRowViewProps) {
  const { api } = useSession();
  return (
    <tr>
      <th scope="row" className="slice-name">
        {row.name}
        {row.ended === null && (
          <span className="narrow notes">
            Last used: {row.lastUsed}. Expires: {row.expires}.
          </span>
        )}
      </th>
      <td>
        <code>{row.hint}…</code>
      </td>
      {row.team !== undefined && <td className="wide">{row.team}</td>}
      <td className="wide">{row.className}</td>
      <td className="wide" title={`Created ${row.created}`}>
        {row.lastUsed}
      </td>
      <td className="wide">{row.expires}</td>
      <td className="right">
        {row.ended === null ? (
          <span className="row-actions">
            <RotateKey owner={owner} keyId={row.keyId} name={row.name} onRotated={onRotated} />
            <Revoke
              what="key"
              name={row.name}
              revoke={() => owner.revoke(api, row.keyId)}
              queryKey={owner.queryKey}
            >
              Clients that use this key are refused from now on. It can't be undone. What was counted stays.
            </Revoke>
          </span>
        ) : (
          <span className="quiet">{row.ended}</span>
        )}
      </td>
    </tr>
  );
}

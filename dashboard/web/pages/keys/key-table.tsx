// The keys of the person, and how one is rotated or revoked.

import type { z } from "zod";
import type { keysSchema } from "../../../../schemas/dashboard-api.ts";
import { type KeyRow, toKeyRows } from "../../prepare/key-rows.ts";
import { RevokeKey } from "./revoke-key.tsx";
import { RotateKey } from "./rotate-key.tsx";

interface KeyTableProps {
  list: z.infer<typeof keysSchema>;
  now: Date;
  onRotated: (secret: string) => void;
}

export function KeyTable({ list, now, onRotated }: KeyTableProps) {
  const { keys, calls_known_since: callsKnownSince } = list;
  if (keys.length === 0) return <p className="notes">No keys yet. Create one, and paste it into a client.</p>;
  return (
    <table>
      <caption className="visually-hidden">Your keys</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Key</th>
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
        {toKeyRows({ keys, callsKnownSince }, now).map((row) => (
          <KeyRowView key={row.keyId} row={row} onRotated={onRotated} />
        ))}
      </tbody>
    </table>
  );
}

function KeyRowView({ row, onRotated }: { row: KeyRow; onRotated: (secret: string) => void }) {
  return (
    <tr>
      <th scope="row" className="slice-name">
        {row.name}
      </th>
      <td>
        <code>{row.hint}…</code>
      </td>
      <td className="wide">{row.className}</td>
      <td className="wide" title={`Created ${row.created}`}>
        {row.lastUsed}
      </td>
      <td className="wide">{row.expires}</td>
      <td className="right">
        {row.ended === null ? (
          <span className="row-actions">
            <RotateKey keyId={row.keyId} name={row.name} onRotated={onRotated} />
            <RevokeKey keyId={row.keyId} name={row.name} />
          </span>
        ) : (
          <span className="quiet">{row.ended}</span>
        )}
      </td>
    </tr>
  );
}

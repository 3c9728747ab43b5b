// The keys of the person, and how one is revoked.

import type { Key } from "../../../../schemas/dashboard-api.ts";
import { type KeyRow, toKeyRows } from "../../prepare/key-rows.ts";
import { RevokeKey } from "./revoke-key.tsx";

export function KeyTable({ keys, now }: { keys: readonly Key[]; now: Date }) {
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
            Created
          </th>
          <th scope="col" className="wide">
            Expires
          </th>
          <th scope="col" className="right">
            <span className="visually-hidden">Revoke</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {toKeyRows(keys, now).map((row) => (
          <KeyRowView key={row.keyId} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function KeyRowView({ row }: { row: KeyRow }) {
  return (
    <tr>
      <th scope="row" className="slice-name">
        {row.name}
      </th>
      <td>
        <code>{row.hint}…</code>
      </td>
      <td className="wide">{row.className}</td>
      <td className="wide">{row.created}</td>
      <td className="wide">{row.expires}</td>
      <td className="right">
        {row.ended === null ? (
          <RevokeKey keyId={row.keyId} name={row.name} />
        ) : (
          <span className="quiet">{row.ended}</span>
        )}
      </td>
    </tr>
  );
}

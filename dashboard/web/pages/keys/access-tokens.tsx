// Personal access tokens: the list, and how one is made or revoked. With one a program asks Assay what its person may ask.

import { useQuery } from "@tanstack/react-query";
import { readAccessTokens, revokeAccessToken } from "../../api/access.ts";
import { Failed, Loading, Skeleton } from "../../components/states.tsx";
import { type AccessTokenRow, toAccessTokenRows } from "../../prepare/access-rows.ts";
import { useSession } from "../../session.ts";
import { CreateAccessToken } from "./create-access-token.tsx";
import { Revoke } from "./revoke.tsx";

export function AccessTokens() {
  const { api, me, now } = useSession();
  const tokens = useQuery({
    queryKey: ["access-tokens", me.person_id],
    queryFn: () => readAccessTokens(api, me.person_id),
  });
  return (
    <section className="section" aria-labelledby="access-tokens">
      <div className="section-head">
        <div>
          <h2 id="access-tokens">Personal access tokens</h2>
          <p>With one, a program of yours reads here what you may read. It is no key for calls to models.</p>
        </div>
        <CreateAccessToken />
      </div>
      {tokens.isPending && <Loading shape={<Skeleton height={80} />} />}
      {tokens.error !== null && <Failed error={tokens.error} retry={() => void tokens.refetch()} />}
      {tokens.data !== undefined && <TokenTable rows={toAccessTokenRows(tokens.data.tokens, now())} />}
    </section>
  );
}

function TokenTable({ rows }: { rows: readonly AccessTokenRow[] }) {
  const { api, me } = useSession();
  if (rows.length === 0) return <p className="notes">No tokens. Most people need none.</p>;
  return (
    <table>
      <caption className="visually-hidden">Your personal access tokens</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Token</th>
          <th scope="col" className="wide">
            May
          </th>
          <th scope="col" className="wide">
            Last used
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
        {rows.map((row) => (
          <tr key={row.tokenId}>
            <th scope="row" className="slice-name">
              {row.name}
            </th>
            <td>
              <code>{row.hint}…</code>
            </td>
            <td className="wide">{row.scopes}</td>
            <td className="wide">{row.lastUsed}</td>
            <td className="wide">{row.expires}</td>
            <td className="right">
              {row.ended === null ? (
                <Revoke
                  what="token"
                  name={row.name}
                  revoke={() => revokeAccessToken(api, me.person_id, row.tokenId)}
                  queryKey={["access-tokens", me.person_id]}
                >
                  Programs that use this token are refused from now on. It can't be undone.
                </Revoke>
              ) : (
                <span className="quiet">{row.ended}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// What the tokens were: one bar of a hundred percent, and the same in figures.

import type { Measures } from "../../../../schemas/dashboard-api.ts";
import { Bar } from "../../charts/bar.tsx";
import { formatCount, formatShare, formatTokens } from "../../prepare/format.ts";
import { explainTokenKinds, toTokenKinds } from "../../prepare/token-kinds.ts";

export function TokenKinds({ tokens }: { tokens: Measures["tokens"] }) {
  const kinds = toTokenKinds(tokens);
  const total = kinds.reduce((sum, kind) => sum + kind.tokens, 0);
  const explanation = explainTokenKinds(kinds);
  return (
    <section className="tokens-section" aria-labelledby="token-kinds">
      <div className="section-head">
        <div>
          <h3 id="token-kinds">What the tokens were</h3>
          {explanation !== null && <p>{explanation}</p>}
        </div>
      </div>
      {kinds.length === 0 ? (
        <p className="notes">No token of these days is known.</p>
      ) : (
        <>
          <div className="kinds-bar notes">
            <span>Tokens</span>
            <Bar
              isLarge
              parts={kinds.map(({ name, share, series }) => ({ name, length: share, mark: series }))}
            />
            <span className="number" title={formatCount(total)}>
              {formatTokens(total)}
            </span>
          </div>
          <table className="kinds">
            <thead>
              <tr>
                <th scope="col">Kind</th>
                <th scope="col" className="right">
                  Tokens
                </th>
                <th scope="col" className="right">
                  Of tokens
                </th>
              </tr>
            </thead>
            <tbody>
              {kinds.map((kind) => (
                <tr key={kind.name}>
                  <th scope="row">
                    <span className="kind-name">
                      <i className="swatch" data-series={kind.series} />
                      {kind.name}
                    </span>
                  </th>
                  <td className="right" title={formatCount(kind.tokens)}>
                    {formatTokens(kind.tokens)}
                  </td>
                  <td className="right">{formatShare(kind.share)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

// Teams by the alphabet, and by nothing else: no order, no bar of cost, no link.

import type { OrganisationView, Range } from "../../prepare/organisation-view.ts";
import { NOT_SHOWN, writeShare, writeUsd } from "../../prepare/organisation-words.ts";
import { Bar } from "../../charts/bar.tsx";

export function Teams({ view, minGroup, range }: { view: OrganisationView; minGroup: number; range: Range }) {
  const isWithheld = view.teams.some(
    ({ costUsd, creditedShare, meaningfulShare }) =>
      costUsd === null || creditedShare === null || meaningfulShare === null,
  );
  return (
    <section aria-labelledby="teams">
      <div className="section-head">
        <div>
          <h2 id="teams">Teams</h2>
          <p>
            In order of the alphabet, and no other. Teams do different work, so their figures are not
            comparable.
          </p>
        </div>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">Team</th>
            <th scope="col" className="right wide">
              People
            </th>
            <th scope="col" className="right">
              Cost
            </th>
            <th scope="col" className="right">
              Credited
            </th>
            <th scope="col" className="right">
              Meaningful use
            </th>
          </tr>
        </thead>
        <tbody>
          {view.teams.map((team) => (
            <tr key={team.name}>
              <th scope="row">
                {team.name === "" ? `Teams below ${minGroup}, and people in none, together` : team.name}
                <div className="labels narrow">{team.people} people</div>
              </th>
              <td className="right quiet wide">{team.people}</td>
              <td className="right">{mark(writeUsd(team.costUsd))}</td>
              <td className="right">
                {typeof team.creditedShare === "number" && (
                  <span className="team-share">
                    <Bar
                      parts={[
                        { name: "credited", length: team.creditedShare },
                        { name: "uncredited", length: 1 - team.creditedShare, mark: "uncredited" },
                      ]}
                    />
                  </span>
                )}
                {mark(writeShare(team.creditedShare))}
              </td>
              <td className="right">{mark(writeShare(team.meaningfulShare))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="labels section-note">
        {isWithheld &&
          "A figure that too few people make up, or that one of them dominates, is not shown. Another is left out with it, so that neither can be worked out from the total. "}
        {range.releases > 1 && "Shares are of the newest four weeks. "}
        Meaningful: credited, and more than a trivial call, in a mean week.
      </p>
    </section>
  );
}

function mark(text: string) {
  return text === NOT_SHOWN ? <span className="labels">{text}</span> : text;
}

// What was not credited and why, and the cost by client and by class. Whatever too few people make up stands among the others.

import type { OrganisationView, SliceView } from "../../prepare/organisation-view.ts";
import { NOT_SHOWN, writeUsd } from "../../prepare/organisation-words.ts";
import { nameClass, nameClient } from "../../prepare/slices.ts";
import { describeReason } from "../../prepare/organisation-names.ts";

export function Groups({ view }: { view: OrganisationView }) {
  const { reasons, clients, classes, servicesUsd } = view;
  return (
    <div className="stacked-sections">
      <section aria-labelledby="reasons">
        <div className="section-head">
          <div>
            <h2 id="reasons">Not credited, and why</h2>
            <p>Left out of the totals. It says nothing about anybody.</p>
          </div>
        </div>
        {reasons === null ? <p className="notes">{NOT_SHOWN}.</p> : <Reasons reasons={reasons} />}
      </section>
      <SliceTable title="By client" slices={clients} toName={nameClient} />
      <SliceTable title="By class" slices={classes} toName={nameClass} />
      <p className="labels section-note">
        {writeUsd(servicesUsd)} of all of it was used by services, which are nobody.
      </p>
    </div>
  );
}

function Reasons({ reasons: { named, restUsd } }: { reasons: SliceView }) {
  const rows = named.map(({ name, costUsd }) => ({ ...describeReason(name), costUsd }));
  const rest = {
    title: "Other reasons, together",
    sentence: "Each of them is of too few people to stand alone.",
  };
  return (
    <>
      {[...rows, ...(restUsd === null ? [] : [{ ...rest, costUsd: restUsd }])].map(
        ({ title, sentence, costUsd }) => (
          <div key={title} className="reason">
            <h3>{title}</h3>
            <p>{sentence}</p>
            <div className="reason-amount number">{writeUsd(costUsd)}</div>
          </div>
        ),
      )}
    </>
  );
}

function SliceTable({
  title,
  slices,
  toName,
}: {
  title: string;
  slices: SliceView | null;
  toName: (name: string) => string;
}) {
  return (
    <section aria-label={title}>
      <h3 className="slice-title">{title}</h3>
      {slices === null ? (
        <p className="notes">{NOT_SHOWN}.</p>
      ) : (
        <table className="kinds">
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{title}</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {slices.named.map(({ name, costUsd }) => (
              <tr key={name}>
                <th scope="row">{toName(name)}</th>
                <td className="right">{writeUsd(costUsd)}</td>
              </tr>
            ))}
            {slices.restUsd !== null && (
              <tr>
                <th scope="row">Others, together</th>
                <td className="right">{writeUsd(slices.restUsd)}</td>
              </tr>
            )}
          </tbody>
        </table>
      )}
    </section>
  );
}

// The first figures of a page: each with its name, what it is of, and the same figure of the time just before.

interface FigureValue {
  name: string;
  value: string;
  /** `of $420.50`; empty where there is nothing to add. */
  unit: string;
  past: string;
  /** The exact figure, for hovering. */
  exact?: string;
}

export function FigureStrip({ figures }: { figures: readonly FigureValue[] }) {
  return (
    <dl className="figure-strip">
      {figures.map(({ name, value, unit, past, exact }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="figure-value" title={exact}>
            {value}
            {unit !== "" && <small> {unit}</small>}
          </dd>
          <dd className="figure-past">{past}</dd>
        </div>
      ))}
    </dl>
  );
}

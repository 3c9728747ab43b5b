// When in a period things begin: one column a part of it. People's beginnings spread over it; a timer's stand in one place. It says
// nothing of the time of day.

interface PhaseColumnsProps {
  /** Beginnings in each part of the period, in order. */
  counts: readonly number[];
  periodMinutes: number;
}

export function PhaseColumns({ counts, periodMinutes }: PhaseColumnsProps) {
  const highest = Math.max(1, ...counts);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const fullest = counts.indexOf(Math.max(...counts));
  const partMinutes = Math.round(periodMinutes / Math.max(counts.length, 1));
  const summary = `${counts[fullest] ?? 0} of ${all} began in the ${partMinutes} minutes from minute ${fullest * partMinutes} of ${periodMinutes}.`;
  return (
    <figure className="phase-columns">
      <div className="phase-plot" role="img" aria-label={summary}>
        {counts.map((count, at) => (
          // The parts of a period have no other name than their place.
          <div key={at} style={{ height: `${(count / highest) * 100}%` }} />
        ))}
      </div>
      <figcaption className="labels">
        <span>minute 0</span>
        <span>{periodMinutes}</span>
      </figcaption>
    </figure>
  );
}

// Parts of a pattern in words alone.

export function StateSteps({ steps }: { steps: readonly { label: string; state: string }[] }) {
  return <p>{steps.map(({ label }) => label).join(" → ")}</p>;
}
export function WorkingDays({ days }: { days: readonly { label: string }[] }) {
  return <p className="labels">{days.map(({ label }) => label).join(" ")}</p>;
}
export function FloorBar({
  valueText,
  floorText,
}: {
  value: number;
  floor: number;
  valueText: string;
  floorText: string;
}) {
  return (
    <span>
      {valueText} of {floorText}
    </span>
  );
}
export function Interval({ mean, low, high }: { mean: number; low: number; high: number }) {
  return (
    <p>
      {mean.toFixed(2)} ({low.toFixed(2)} to {high.toFixed(2)})
    </p>
  );
}
export function EvidenceMeter({ expected, needed }: { expected: number; needed: number }) {
  return (
    <p>
      Not enough evidence. {expected.toFixed(1)} of the {needed} expected outcomes that a verdict needs. The
      usual answer; nothing to do.
    </p>
  );
}
export function PhaseColumns({
  counts,
  periodMinutes,
}: {
  counts: readonly number[];
  periodMinutes: number;
}) {
  return (
    <p>
      {counts.join(" ")} of {periodMinutes}
    </p>
  );
}

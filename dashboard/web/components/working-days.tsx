// Working days as a row of fields, those that have passed filled in. What it counts stands beside it in words.

interface WorkingDay {
  label: string;
  /** `passed`, `today` or `ahead`. */
  state?: string;
}

export function WorkingDays({ days }: { days: readonly WorkingDay[] }) {
  return (
    <ol className="working-days" aria-hidden="true">
      {days.map(({ label, state }, at) => (
        // Thirty working days have the same number of the month more than once.
        <li key={at} data-state={state}>
          {label}
        </li>
      ))}
    </ol>
  );
}

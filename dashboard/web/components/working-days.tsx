// Working days as a row of fields, those that have passed filled in. What it counts stands beside it in words.

interface WorkingDay {
  label: string;
  /** `passed`, `today` or `ahead`. */
  state?: string;
}

export function WorkingDays({ days }: { days: readonly WorkingDay[] }) {
  return (
    <ol className="working-days" aria-hidden="true">
      {days.map(({ label, state }) => (
        <li key={label} data-state={state}>
          {label}
        </li>
      ))}
    </ol>
  );
}

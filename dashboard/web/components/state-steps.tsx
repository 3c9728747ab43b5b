// The way of a thing through its states: what is behind, where it is, and what may come.

interface Step {
  label: string;
  /** `done`, `current` or `ahead`. */
  state: string;
}

export function StateSteps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className="state-steps">
      {steps.map(({ label, state }) => (
        <li key={label} data-state={state} aria-current={state === "current" ? "step" : undefined}>
          {label}
        </li>
      ))}
    </ol>
  );
}

// The few drawn signs. They stand beside words and never carry a fact alone, so they are hidden from screen readers.

const PATHS = {
  usage: "M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6",
  runs: "M2.5 4h6M2.5 8h11M5.5 12h8",
  schedules: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.4 1.6",
  keys: "M2.5 11a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M6.8 9.2l6-6M10.5 5.5l2 2",
  patterns: "M3 3v10M6.5 3v10M10 3v10M13.5 3v10M2 8h12.5",
  review: "M2.5 3.5h11v7h-6l-3 2.5v-2.5h-2z",
  organisation: "M3 13.5v-8h4v8M7 13.5v-11h6v11M2 13.5h12M9 5.5h2M9 8.5h2",
  policy: "M4 2.5h8v11H4zM6 5.5h4M6 8h4M6 10.5h2",
  settings: "M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M8.5 3.5v3h3v-3zM4.5 9.5v3h3v-3z",
  operator: "M2 8h3l1.5-4 3 8L11 8h3",
  lock: "M4.5 7h7A1.5 1.5 0 0 1 13 8.5V12a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 12V8.5A1.5 1.5 0 0 1 4.5 7zM5.2 7V5a2.8 2.8 0 0 1 5.6 0v2",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  notice: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.5V11M8 5v.2",
  done: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.3 8.2l1.9 1.9 3.5-4",
  bell: "M8 2.5a3.8 3.8 0 0 1 3.8 3.8c0 3.4 1.2 4.7 1.2 4.7H3s1.2-1.3 1.2-4.7A3.8 3.8 0 0 1 8 2.5zM6.7 13.3a1.4 1.4 0 0 0 2.6 0",
  failed: "M8 2.2l6.3 11.3H1.7zM8 6.5V10M8 11.8v.1",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The assayer's cup: metal in the ore. */
export function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <path
        d="M3.2 4h13.6l-1.9 9.6a3 3 0 0 1-3 2.4H8.1a3 3 0 0 1-3-2.4z"
        fill="none"
        stroke="var(--ink)"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
      <path d="M4.8 9h10.4l-.9 4.4a2.2 2.2 0 0 1-2.2 1.8H7.9a2.2 2.2 0 0 1-2.2-1.8z" fill="var(--credited)" />
      <path d="M10 10l2 2-2 2-2-2z" fill="var(--value)" />
    </svg>
  );
}

// Horizontal bars of plain boxes: parts of one length that add up. The figures always stand beside them in words, so the
// bars are hidden from screen readers.

import type { CSSProperties } from "react";

interface Part {
  name: string;
  /** From 0 to 1, of the bar's whole place. */
  length: number;
  /** Not credited is hatched; a series has the colour of its number; otherwise credited. */
  mark?: "uncredited" | 1 | 2 | 3 | 4 | 5 | 6;
}

export function Bar({
  parts,
  isLarge,
  isOthers,
}: {
  parts: readonly Part[];
  isLarge?: boolean;
  isOthers?: boolean;
}) {
  return (
    <div
      className="bar"
      aria-hidden="true"
      data-size={isLarge === true ? "large" : undefined}
      data-others={isOthers === true ? true : undefined}
    >
      {parts
        .filter(({ length }) => length > 0)
        .map(({ name, length, mark }) => (
          <i
            key={name}
            data-mark={mark === "uncredited" ? mark : undefined}
            data-series={typeof mark === "number" ? mark : undefined}
            style={{ width: `${length * 100}%` } satisfies CSSProperties}
          />
        ))}
    </div>
  );
}

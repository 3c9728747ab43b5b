// Says on standard error how far something is: a line that is drawn over on a terminal, a line a step elsewhere.

import type { Writable } from "node:stream";

const BAR_CHARS = 24;

export interface Progress {
  /** A new step has begun. */
  step(what: string): void;
  /** How much of it is done at least, from 0 to 1; drawn only on a terminal. */
  fraction(done: number): void;
  /** Nothing more follows. */
  end(): void;
}

export function createProgress(out: Writable): Progress {
  const isTerminal = "isTTY" in out && out.isTTY === true;
  let current = "";
  let drawn = "";
  let filled = 0;

  function draw(line: string): void {
    if (line === drawn) return;
    out.write(`\r\u001B[2K${line}`);
    drawn = line;
  }

  return {
    step(what) {
      if (!isTerminal) out.write(`${what} …\n`);
      else draw(`${what} …`);
      current = what;
      filled = 0;
    },
    fraction(done) {
      if (!isTerminal) return;
      filled = Math.max(filled, Math.floor(Math.min(1, done) * BAR_CHARS));
      draw(`${current} ${"█".repeat(filled)}${"░".repeat(BAR_CHARS - filled)}`);
    },
    end() {
      if (isTerminal) draw("");
    },
  };
}

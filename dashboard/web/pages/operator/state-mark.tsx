// How something does: a word, with a mark whose shape says the same.

import type { FlowState } from "../../../../schemas/operator-api.ts";

export function StateMark({ state, word }: { state: FlowState; word: string }) {
  return (
    <span className="state-mark" data-state={state}>
      <i aria-hidden="true" />
      {word}
    </span>
  );
}

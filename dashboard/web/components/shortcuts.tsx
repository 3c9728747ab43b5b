// Single keys: `g` and then `u`, `r`, `s` or `k` goes to a page, `?` lists them. They can be switched off, for they get in the
// way of those who speak to their computer.
//
// Always holds: no key is taken from a field that is being typed in, nor one that is pressed with a modifier.

import { useEffect, useState } from "react";
import { navigate, PATHS } from "../location.tsx";
import { useShortcutsEnabled } from "../preferences.ts";
import { Dialog } from "./dialog.tsx";

const PAGE_KEYS: Readonly<Record<string, { path: string; label: string }>> = {
  u: { path: PATHS.usage, label: "My usage" },
  r: { path: PATHS.runs, label: "My runs" },
  s: { path: PATHS.schedules, label: "Schedules" },
  k: { path: PATHS.keys, label: "Keys and clients" },
};
/** How long `g` waits for its second key. */
const SEQUENCE_MS = 1000;

export function Shortcuts() {
  const [isOpen, setIsOpen] = useState(false);
  const [isEnabled, setIsEnabled] = useShortcutsEnabled();
  useEffect(() => (isEnabled ? listen(() => setIsOpen(true)) : undefined), [isEnabled]);
  return (
    <Dialog title="Keys" isOpen={isOpen} onOpenChange={setIsOpen}>
      <dl className="shortcuts">
        {Object.entries(PAGE_KEYS).map(([key, { label }]) => (
          <div key={key}>
            <dt>g {key}</dt>
            <dd>{label}</dd>
          </div>
        ))}
        <div>
          <dt>?</dt>
          <dd>This list</dd>
        </div>
        <div>
          <dt>Esc</dt>
          <dd>Close</dd>
        </div>
      </dl>
      <label className="check">
        <input type="checkbox" checked={isEnabled} onChange={(event) => setIsEnabled(event.target.checked)} />{" "}
        Single keys are on
      </label>
    </Dialog>
  );
}

/** Until the returned function is called. */
function listen(showList: () => void): () => void {
  let pressedGAt = -Infinity;
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "?") showList();
    const page = PAGE_KEYS[event.key];
    if (page !== undefined && event.timeStamp - pressedGAt < SEQUENCE_MS) navigate(page.path);
    pressedGAt = event.key === "g" ? event.timeStamp : -Infinity;
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]");
}

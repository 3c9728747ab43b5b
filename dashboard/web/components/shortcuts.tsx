// Single keys: `g` and then the key of a page goes there, `/` goes to the filter, `?` lists them. They can be switched off, for they get in the
// way of those who speak to their computer.
//
// Always holds: no key is taken from a field that is being typed in, nor one that is pressed with a modifier.

import { useEffect, useMemo, useState } from "react";
import { navigate } from "../location.tsx";
import { type Page, PAGES } from "../pages.ts";
import { useSession } from "../session.ts";
import { useShortcutsEnabled } from "../preferences.ts";
import { Dialog } from "./dialog.tsx";

/** How long `g` waits for its second key. */
const SEQUENCE_MS = 1000;

export function Shortcuts() {
  const [isOpen, setIsOpen] = useState(false);
  const [isEnabled, setIsEnabled] = useShortcutsEnabled();
  const { me } = useSession();
  const pages = useMemo(() => PAGES.filter((page) => page.isFor(me)), [me]);
  useEffect(() => (isEnabled ? listen(pages, () => setIsOpen(true)) : undefined), [isEnabled, pages]);
  return (
    <Dialog title="Keys" isOpen={isOpen} onOpenChange={setIsOpen}>
      <dl className="shortcuts">
        {pages.map(({ key, label }) => (
          <div key={key}>
            <dt>g {key}</dt>
            <dd>{label}</dd>
          </div>
        ))}
        <div>
          <dt>/</dt>
          <dd>The filter of a page</dd>
        </div>
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
function listen(pages: readonly Page[], showList: () => void): () => void {
  let pressedGAt = -Infinity;
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "?") showList();
    const filter = event.key === "/" ? document.querySelector<HTMLElement>("[data-filter]") : null;
    if (filter !== null) {
      event.preventDefault();
      filter.focus();
    }
    const page = pages.find(({ key }) => key === event.key);
    if (page !== undefined && event.timeStamp - pressedGAt < SEQUENCE_MS) navigate(page.path);
    pressedGAt = event.key === "g" ? event.timeStamp : -Infinity;
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]");
}

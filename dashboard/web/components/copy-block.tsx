// Lines to be copied as they stand, with a button that does it and says so.

import { useEffect, useState } from "react";

const SAID_MS = 2000;

export function CopyBlock({ label, lines }: { label: string; lines: string }) {
  const [outcome, setOutcome] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    const timer = outcome === "idle" ? undefined : setTimeout(() => setOutcome("idle"), SAID_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  return (
    <div className="copy-block">
      <pre tabIndex={0} aria-label={label}>
        {lines}
      </pre>
      <button
        type="button"
        className="button"
        aria-label={`Copy: ${label}`}
        onClick={() => void copy(lines).then((copied) => setOutcome(copied ? "copied" : "refused"))}
      >
        {outcome === "copied" ? "Copied" : "Copy"}
      </button>
      <p role="status" className={outcome === "refused" ? "notes" : "visually-hidden"}>
        {outcome === "copied" && "Copied."}
        {outcome === "refused" &&
          "Your browser does not let this page copy. Select the lines, and copy them."}
      </p>
    </div>
  );
}

/** False where the page is not served over https or from this machine, or the reader's browser forbids it. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

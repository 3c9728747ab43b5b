// What the manager would see, or sees: exactly the view that they open, drawn by the same component from the same facts.

import { useState } from "react";
import type { OwnPattern } from "../../../../schemas/pattern-api.ts";
import { Dialog } from "../../components/dialog.tsx";
import { useSession } from "../../session.ts";
import { PatternBrief } from "../review/pattern-brief.tsx";

export function ManagerView({ pattern }: { pattern: OwnPattern }) {
  const { me } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  const isHidden = pattern.closed_at !== null;
  return (
    <section className="section" aria-labelledby="pattern-manager">
      <h2 id="pattern-manager" className="pattern-heading">
        {isHidden
          ? "What a manager saw"
          : `What your manager ${pattern.state === "open" ? "sees" : "would see"}`}
      </h2>
      <p className="notes">
        {isHidden && pattern.opened_at === null
          ? "Nothing. It closed before it opened."
          : "Your words first, then what was measured. Never your totals, your other runs, or any text: Assay keeps none."}
      </p>
      {!isHidden && (
        <div className="pattern-note">
          <Dialog
            title={pattern.state === "open" ? "As your manager sees it" : "As your manager would see it"}
            isOpen={isOpen}
            onOpenChange={setIsOpen}
            trigger={
              <button type="button" className="button">
                Show exactly that
              </button>
            }
          >
            <PatternBrief pattern={pattern} personName={me.name} />
            <div className="dialog-actions">
              <button type="button" className="button" onClick={() => setIsOpen(false)}>
                Close
              </button>
            </div>
          </Dialog>
        </div>
      )}
    </section>
  );
}

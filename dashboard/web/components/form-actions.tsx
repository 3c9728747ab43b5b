// The end of a form in a dialog: what went wrong, the way back, and the way on.

import { Note } from "./states.tsx";

interface FormActionsProps {
  /** What the form does: `Create`. */
  action: string;
  isBusy: boolean;
  /** What did not happen, where the last try failed: `The key was not made.` */
  failure: string;
  error: Error | null;
  onCancel: () => void;
}

export function FormActions({ action, isBusy, failure, error, onCancel }: FormActionsProps) {
  return (
    <>
      {error !== null && (
        <Note kind="failed">
          {failure} {error.message}
        </Note>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button" data-kind="action" disabled={isBusy}>
          {action}
        </button>
      </div>
    </>
  );
}

// A line of text that a form needs: more than blanks, and no longer than the server takes.

import type { ReactNode } from "react";

interface TextFieldProps {
  id: string;
  name: string;
  label: string;
  maxLength: number;
  defaultValue?: string;
  /** What belongs in it. */
  children?: ReactNode;
}

export function TextField({ id, name, label, maxLength, defaultValue, children }: TextFieldProps) {
  const noteId = `${id}-note`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        type="text"
        required
        pattern=".*\S.*"
        maxLength={maxLength}
        defaultValue={defaultValue}
        autoComplete="off"
        aria-describedby={children === undefined ? undefined : noteId}
      />
      {children !== undefined && (
        <p id={noteId} className="notes">
          {children}
        </p>
      )}
    </div>
  );
}

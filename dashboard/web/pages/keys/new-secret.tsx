// The secret of a key that was made just now: shown once, to be copied.

import type { ReactNode } from "react";
import { CopyBlock } from "../../components/copy-block.tsx";

interface NewSecretProps {
  secret: string;
  /** What else there is to know of it. */
  children: ReactNode;
  onDone: () => void;
}

export function NewSecret({ secret, children, onDone }: NewSecretProps) {
  return (
    <>
      <p>The key is shown now, and not again once you leave this page. {children}</p>
      <CopyBlock label="The new key" lines={secret} />
      <div className="dialog-actions">
        <button type="button" className="button" data-kind="action" onClick={onDone}>
          Done
        </button>
      </div>
    </>
  );
}

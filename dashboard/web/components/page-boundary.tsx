// Holds what goes wrong while a page is fetched or drawn within that page: the frame stays, and the reader can go elsewhere.
//
// A server that was updated no longer has the files that an open page names, so loading another page fails until the whole is loaded
// again. Vite tells of it by an event of its own before the page fails the first time; no other error is taken for it.

import { Component, type ReactNode, useEffect, useState } from "react";
import { Icon } from "./icon.tsx";

/** vite.dev/guide/build: "Load Error Handling". */
const FILE_MISSING = "vite:preloadError";

/** Whether a file of the application was missing, on this page or on one before: it is told once a file. */
export function useOutdated(): boolean {
  const [isOutdated, setIsOutdated] = useState(false);
  useEffect(() => {
    const onFileMissing = () => setIsOutdated(true);
    window.addEventListener(FILE_MISSING, onFileMissing);
    return () => window.removeEventListener(FILE_MISSING, onFileMissing);
  }, []);
  return isOutdated;
}

interface PageBoundaryProps {
  isOutdated: boolean;
  children: ReactNode;
}

export class PageBoundary extends Component<PageBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    const { isOutdated, children } = this.props;
    return this.state.hasFailed ? <PageFailed isOutdated={isOutdated} /> : children;
  }
}

function PageFailed({ isOutdated }: { isOutdated: boolean }) {
  return (
    <div className="note" data-kind={isOutdated ? "notice" : "failed"} role="alert">
      <Icon name={isOutdated ? "notice" : "failed"} />
      <p>
        {isOutdated ? "Assay was updated. " : "This page could not be drawn. "}
        <button type="button" className="link" onClick={() => window.location.reload()}>
          Load the page again
        </button>
        {isOutdated ? "." : ", or tell the operator."}
      </p>
    </div>
  );
}

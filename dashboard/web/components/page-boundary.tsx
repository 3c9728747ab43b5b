// Holds what goes wrong while a page is fetched or drawn within that page: the frame stays, and the reader can go elsewhere.
//
// A server that was updated no longer has the files that an open page names, so loading another page fails until the whole is loaded
// again. Vite tells of it by an event of its own before the page fails; no other error is taken for it.

import { Component, type ReactNode } from "react";
import { Icon } from "./icon.tsx";

/** vite.dev/guide/build: "Load Error Handling". */
const FILE_MISSING = "vite:preloadError";

interface PageBoundaryState {
  hasFailed: boolean;
  isOutdated: boolean;
}

export class PageBoundary extends Component<{ children: ReactNode }, PageBoundaryState> {
  override state: PageBoundaryState = { hasFailed: false, isOutdated: false };

  static getDerivedStateFromError(): Partial<PageBoundaryState> {
    return { hasFailed: true };
  }

  override componentDidMount(): void {
    window.addEventListener(FILE_MISSING, this.#onFileMissing);
  }

  override componentWillUnmount(): void {
    window.removeEventListener(FILE_MISSING, this.#onFileMissing);
  }

  readonly #onFileMissing = () => this.setState({ isOutdated: true });

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return <PageFailed isOutdated={this.state.isOutdated} />;
  }
}

export function PageFailed({ isOutdated }: { isOutdated: boolean }) {
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

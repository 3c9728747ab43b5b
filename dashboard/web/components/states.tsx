// The four states of a block that is not simply there: loading, empty, failed, stale. Each has its sentence.
//
// Always holds: what is still loading never looks empty, and a failed block leaves the rest of the page alone.

import { type ReactNode, useEffect, useState } from "react";
import { AppError } from "../../../schemas/app-error.ts";
import { ApiError } from "../api/client.ts";
import { formatTime, formatUtc } from "../prepare/format.ts";
import { Icon } from "./icon.tsx";

/** Faster answers show no skeleton: it would only flicker. */
const SKELETON_AFTER_MS = 200;
const STILL_ADDING_AFTER_MS = 5000;

/** Grey places in the shape of what will come. */
export function Loading({ shape }: { shape: ReactNode }) {
  const isShown = useElapsed(SKELETON_AFTER_MS);
  const isSlow = useElapsed(STILL_ADDING_AFTER_MS);
  return (
    <div aria-busy="true">
      <p role="status" className={isSlow ? "notes section" : "visually-hidden"}>
        {isSlow ? "Still adding up." : "Loading."}
      </p>
      {isShown && <div aria-hidden="true">{shape}</div>}
    </div>
  );
}

export function Skeleton({ height, width = "100%" }: { height: number; width?: number | string }) {
  return <div className="skeleton" style={{ height, width }} />;
}

export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const reference = error instanceof ApiError ? error.reference : null;
  return (
    <div className="note" data-kind="failed" role="alert">
      <Icon name="failed" />
      <p>
        {isUnreachable(error) ? "Assay could not be reached. " : "This could not be loaded. "}
        <button type="button" className="link" onClick={retry}>
          Try again
        </button>
        {reference === null ? ", or tell the operator." : ", or tell the operator: ref "}
        {reference !== null && (
          <>
            <code>{reference}</code>.
          </>
        )}
      </p>
    </div>
  );
}

export function Note({ kind, children }: { kind: "notice" | "failed"; children: ReactNode }) {
  return (
    <div className="note" data-kind={kind} role={kind === "failed" ? "alert" : "status"}>
      <Icon name={kind} />
      <div>{children}</div>
    </div>
  );
}

/** `computedAt`: when the figures were added up; null before they ever were. */
export function AsOf({ computedAt }: { computedAt: string | null }) {
  if (computedAt === null) return <span>Not added up yet. Calls are recorded and will appear.</span>;
  return (
    <span>
      As of{" "}
      <time dateTime={computedAt} title={formatUtc(computedAt)}>
        {formatTime(computedAt)}
      </time>
      . New calls are recorded and will appear.
    </span>
  );
}

function isUnreachable(error: unknown): boolean {
  return error instanceof AppError && error.code === "unavailable";
}

function useElapsed(ms: number): boolean {
  const [elapsed, setElapsed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setElapsed(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return elapsed;
}

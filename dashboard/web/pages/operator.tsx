// Operator: is every call recorded? The answer in a sentence, then the way of a record stage by stage, and what is not measured.
//
// Always holds: no figure here is of a person. What the server does not know stays a dash.

import { useQuery } from "@tanstack/react-query";
import { readFlow } from "../api/operator.ts";
import { FigureStrip } from "../components/figure-strip.tsx";
import { Icon } from "../components/icon.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Failed } from "../components/states.tsx";
import { formatTime } from "../prepare/format.ts";
import { formatBytes, formatKnown, formatSeconds, toVerdict } from "../prepare/flow-view.ts";
import { useSession } from "../session.ts";
import type { Flow } from "../../../schemas/operator-api.ts";
import { Losses } from "./operator/losses.tsx";
import { Parts } from "./operator/parts.tsx";
import { Stages } from "./operator/stages.tsx";
import "../styles/operator.css";

const POLL_MS = 5000;

export function Operator() {
  const { api } = useSession();
  const flow = useQuery({ queryKey: ["flow"], queryFn: () => readFlow(api), refetchInterval: POLL_MS });
  return (
    <>
      <PageHead
        title="Operator"
        audience="Visible to operators and owners. No figures of people."
        notes={flow.data && <AsOfTime asOf={flow.data.as_of} isStale={flow.error !== null} />}
      />
      <div className="sheet">
        {flow.error !== null && (
          <div className="section">
            <Failed error={flow.error} retry={() => void flow.refetch()} />
          </div>
        )}
        <Answer flow={flow.data} />
        <FigureStrip figures={toFigures(flow.data)} />
        <Stages flow={flow.data} />
        <Losses flow={flow.data} />
        <Parts flow={flow.data} />
      </div>
    </>
  );
}

function AsOfTime({ asOf, isStale }: { asOf: string; isStale: boolean }) {
  return (
    <span className="number">
      As of <time dateTime={asOf}>{formatTime(asOf)}</time>.{isStale && " What came later is not known."}
    </span>
  );
}

function Answer({ flow }: { flow: Flow | undefined }) {
  if (flow === undefined)
    return (
      <div className="section">
        <p className="verdict" role="status">
          Looking whether all calls are recorded.
        </p>
      </div>
    );
  const { state, sentence, advice } = toVerdict(flow);
  return (
    <div className="section">
      <div className="verdict" data-state={state} role="status">
        <Icon name={state === "good" ? "done" : state} />
        <p>{sentence}</p>
      </div>
      {advice !== "" && <p className="verdict-advice notes">{advice}</p>}
    </div>
  );
}

/** A dash until it is known. */
function toFigures(flow: Flow | undefined) {
  const spool = flow?.stages.find(({ stage }) => stage === "spool");
  const delay = flow?.recorded?.delay_seconds ?? null;
  return [
    {
      name: "Calls recorded",
      value: formatKnown(flow?.recorded?.calls ?? null),
      unit: "",
      past: "In the last 24 hours",
    },
    {
      name: "Missing",
      value: formatKnown(flow?.recorded?.missing ?? null),
      unit: "",
      past: "Calls with a number and no record",
    },
    {
      name: "From call to store",
      value: formatSeconds(delay),
      unit: "",
      past: "Half of the calls of the last 15 minutes",
    },
    {
      name: "Waits in the spool",
      value: formatBytes(spool?.waiting ?? null),
      unit: "",
      past: "On this machine",
    },
  ];
}

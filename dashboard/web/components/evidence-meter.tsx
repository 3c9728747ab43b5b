// How much evidence there is of what a verdict needs, while it is not enough: a meter, and the sentence.

import { NOT_ENOUGH_EVIDENCE, writeEvidence } from "../prepare/evidence.ts";

interface EvidenceMeterProps {
  /** Outcomes that were expected. */
  expected: number;
  /** So many are needed for a verdict. */
  needed: number;
}

export function EvidenceMeter({ expected, needed }: EvidenceMeterProps) {
  return (
    <div className="evidence">
      <div className="evidence-meter" aria-hidden="true">
        <div style={{ width: `${Math.min(expected / needed, 1) * 100}%` }} />
      </div>
      <p className="labels">
        <span className="visually-hidden">{NOT_ENOUGH_EVIDENCE} </span>
        {writeEvidence({ expected, needed })}
      </p>
    </div>
  );
}

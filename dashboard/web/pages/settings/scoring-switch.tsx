// The switch of individual scoring, for the owner and for the privacy officer, who speaks for the people concerned. To everybody else it
// says how it stands.

import { useState } from "react";
import type { PolicyState } from "../../../../schemas/pattern-api.ts";
import type { Settings } from "../../../../schemas/settings-api.ts";
import { tellScoring } from "../../prepare/policy-rows.ts";
import { tellFixed } from "../../prepare/settings-view.ts";
import { ConfirmChange } from "./confirm-change.tsx";

export function ScoringSwitch({ settings, policy }: { settings: Settings; policy: PolicyState }) {
  const { operator, is_off: isOff, version, can_switch: canSwitch } = settings.individual_scoring;
  const [wanted, setWanted] = useState<boolean | null>(null);
  return (
    <div className="stack">
      <p>{tellScoring(policy)}</p>
      <p className="notes">
        While it is off, no yield, signal or pattern of an individual is computed, and what was computed
        before is removed. People keep their counts, their cost and the reasons why calls are not credited.
        The privacy officer and the owner can switch it.
      </p>
      {operator === "off" && <p className="notes">{tellFixed("ASSAY_INDIVIDUAL_SCORING")}</p>}
      {canSwitch && (
        <button type="button" className="button" onClick={() => setWanted(!isOff)}>
          {isOff ? "Switch individual scoring on again" : "Switch individual scoring off"}
        </button>
      )}
      <ConfirmChange
        title={wanted === false ? "Switch individual scoring on again" : "Switch individual scoring off"}
        change={wanted === null ? null : { subject: "individual_scoring", is_off: wanted }}
        seenVersion={version}
        onClose={() => setWanted(null)}
      />
    </div>
  );
}

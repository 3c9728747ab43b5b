// Policy and audit: what is kept, how long, and who saw what? The rules in force first, then the switch of individual scoring, the
// policy's own text, and the audit with the verdict on its chain.

import { useQuery } from "@tanstack/react-query";
import "../styles/policy.css";
import "../styles/settings.css";
import { readPolicy, readSettings } from "../api/settings.ts";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Skeleton } from "../components/states.tsx";
import { useSession } from "../session.ts";
import { AuditList } from "./policy/audit-list.tsx";
import { PolicyText } from "./policy/policy-text.tsx";
import { KeptFor, OutcomeWeights, RulesInForce } from "./policy/rules.tsx";
import { ScoringSwitch } from "./settings/scoring-switch.tsx";

export function PolicyAndAudit() {
  const { me } = useSession();
  return (
    <>
      <PageHead
        title="Policy and audit"
        audience={
          me.role === "officer"
            ? "Everybody reads the policy. As privacy officer you see every entry of the audit; others see their own."
            : "Everybody reads the policy. Of the audit you see what is about you or was done by you."
        }
      >
        <a className="button" href="#audit">
          To the audit
        </a>
      </PageHead>
      <div className="sheet">
        <Rules />
        <AuditList />
      </div>
    </>
  );
}

function Rules() {
  const { api } = useSession();
  const policy = useQuery({ queryKey: ["policy"], queryFn: () => readPolicy(api) });
  const settings = useQuery({ queryKey: ["settings"], queryFn: () => readSettings(api) });
  const failed = [policy, settings].find(({ error }) => error !== null);
  if (failed !== undefined)
    return (
      <div className="section">
        <Failed error={failed.error} retry={() => void failed.refetch()} />
      </div>
    );
  if (policy.data === undefined || settings.data === undefined)
    return <Loading shape={<Skeleton height={480} />} />;
  return (
    <>
      <RulesInForce policy={policy.data} settings={settings.data} />
      <div className="split">
        <KeptFor settings={settings.data} />
        <OutcomeWeights settings={settings.data} />
      </div>
      <section className="section" aria-labelledby="scoring">
        <div className="section-head">
          <h2 id="scoring">Individual scoring</h2>
        </div>
        <ScoringSwitch settings={settings.data} policy={policy.data} />
      </section>
      <PolicyText policy={policy.data} />
    </>
  );
}

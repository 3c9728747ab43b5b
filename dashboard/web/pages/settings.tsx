// Settings: what can be changed, and what did it change? One subject at a time, in the address.
//
// Always holds: everybody sees what is set; what the operator has fixed says so; nothing is saved before its effect was shown and a
// reason given.

import { useQuery } from "@tanstack/react-query";
import "../styles/settings.css";
import type { Settings as SettingsAnswer } from "../../../schemas/settings-api.ts";
import { readPolicy, readSettings } from "../api/settings.ts";
import { PageHead } from "../components/page-head.tsx";
import { Failed, Loading, Skeleton } from "../components/states.tsx";
import { Link, PATHS, useAddress } from "../location.tsx";
import {
  listSubjects,
  parseSettingsView,
  type Subject,
  SUBJECTS,
  toSettingsSearch,
} from "../prepare/settings-view.ts";
import { useSession } from "../session.ts";
import { ChangeList } from "./settings/change-list.tsx";
import { MethodNumbers } from "./settings/method-numbers.tsx";
import { People } from "./settings/people.tsx";
import { RetentionTerms } from "./settings/retention.tsx";
import { ScoringSwitch } from "./settings/scoring-switch.tsx";
import { ServiceSchedules } from "./settings/service-schedules.tsx";
import { Targets } from "./settings/targets.tsx";
import { Teams } from "./settings/teams.tsx";
import { Weights } from "./settings/weights.tsx";

export function Settings() {
  const { api, me } = useSession();
  const isOwner = me.role === "owner";
  const { subject } = parseSettingsView(useAddress().search, isOwner);
  const settings = useQuery({ queryKey: ["settings"], queryFn: () => readSettings(api) });
  return (
    <>
      <PageHead
        title="Settings"
        audience="Everybody sees what is set. Owners change it, and each change is recorded."
      />
      <div className="sheet settings-sheet">
        <nav aria-label="Subjects" className="subjects">
          {listSubjects(isOwner).map(({ name, label }) => (
            <Link
              key={name}
              href={`${PATHS.settings}${toSettingsSearch({ subject: name, filter: "" })}`}
              aria-current={name === subject ? "page" : undefined}
            >
              {label}
            </Link>
          ))}
        </nav>
        <section className="section stack" aria-labelledby="subject">
          <div>
            <h2 id="subject">{SUBJECTS.find(({ name }) => name === subject)?.label}</h2>
            <p className="notes">{INTRODUCTIONS[subject]}</p>
          </div>
          {settings.isPending && <Loading shape={<Skeleton height={320} />} />}
          {settings.error !== null && <Failed error={settings.error} retry={() => void settings.refetch()} />}
          {settings.data !== undefined && <SubjectForm subject={subject} settings={settings.data} />}
        </section>
      </div>
    </>
  );
}

function SubjectForm({ subject, settings }: { subject: Subject; settings: SettingsAnswer }) {
  switch (subject) {
    case "people":
      return <People settings={settings} />;
    case "teams":
      return <Teams settings={settings} />;
    case "weights":
      return <Weights settings={settings} />;
    case "method":
      return <MethodNumbers settings={settings} />;
    case "targets":
      return <Targets settings={settings} />;
    case "schedules":
      return <ServiceSchedules settings={settings} />;
    case "retention":
      return <RetentionTerms settings={settings} />;
    case "scoring":
      return <Scoring settings={settings} />;
    case "changes":
      return <ChangeList canUndo={settings.can_change} />;
    default:
      return subject satisfies never;
  }
}

function Scoring({ settings }: { settings: SettingsAnswer }) {
  const { api } = useSession();
  const policy = useQuery({ queryKey: ["policy"], queryFn: () => readPolicy(api) });
  if (policy.isPending) return <Loading shape={<Skeleton height={120} />} />;
  if (policy.error !== null) return <Failed error={policy.error} retry={() => void policy.refetch()} />;
  return <ScoringSwitch settings={settings} policy={policy.data} />;
}

const INTRODUCTIONS: Readonly<Record<Subject, string>> = {
  people: "Name, address, team, manager and role, by the alphabet. What somebody used does not stand here.",
  teams: "Calls of people count for the team that they were in at the time.",
  weights: "Value points by kind of outcome. They are for display: a yield counts each outcome as one.",
  method: "When a call is credited, a yield says something, a signal speaks and a pattern opens.",
  targets: "Targets for usage that people were told of. Whether people reach for them is tested once a week.",
  schedules:
    "Runs of a service that start by themselves count as scheduled work, also past ones whose calls are kept.",
  retention:
    "What comes in is kept so long. A shorter or longer term holds for what comes in after the next start.",
  scoring: "Whether anything is computed of a single person beyond their counts.",
  changes: "Each change is a version, with who made it and why. The newest of a thing can be taken back.",
};

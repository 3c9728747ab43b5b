// One person: name, address, team, manager, role. Who the manager is is found by a part of their name.

import { useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { ROLES } from "../../../../schemas/closed-lists.ts";
import type { PersonState, Settings } from "../../../../schemas/settings-api.ts";
import { readPeople } from "../../api/settings.ts";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { ROLE_NAMES } from "../../prepare/settings-view.ts";
import { useSession } from "../../session.ts";
import { readText } from "./form-values.ts";
import { TextField } from "../../components/text-field.tsx";

const TEXT_CHARS_MAX = 200;

export interface EditedPerson {
  /** Null: somebody new. */
  person_id: string | null;
  version: number;
  manager: string | null;
  state: PersonState;
}

interface PersonDialogProps {
  /** Null: nobody is being changed. */
  person: EditedPerson | null;
  teams: Settings["teams"];
  onClose: () => void;
  onChosen: (state: PersonState) => void;
}

export function PersonDialog({ person, teams, onClose, onChosen }: PersonDialogProps) {
  return (
    <Dialog
      title={person?.person_id === null ? "Add a person" : (person?.state.name ?? "")}
      isOpen={person !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      {person !== null && <PersonForm person={person} teams={teams} onClose={onClose} onChosen={onChosen} />}
    </Dialog>
  );
}

function PersonForm({
  person: { person_id: personId, state, manager },
  teams,
  onClose,
  onChosen,
}: Omit<PersonDialogProps, "person"> & { person: EditedPerson }) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const role = ROLES.find((name) => name === readText(form, "role")) ?? "self";
    onChosen({
      name: readText(form, "name"),
      email: readText(form, "email"),
      team_id: readText(form, "team") || null,
      manager_id: readText(form, "manager") || null,
      role,
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        id="person-name"
        name="name"
        label="Name"
        maxLength={TEXT_CHARS_MAX}
        defaultValue={state.name}
      />
      <div className="field">
        <label htmlFor="person-email">E-mail address</label>
        <input
          id="person-email"
          name="email"
          type="email"
          required
          maxLength={TEXT_CHARS_MAX}
          defaultValue={state.email}
          autoComplete="off"
        />
      </div>
      <TeamField teams={teams} teamId={state.team_id} />
      <ManagerField personId={personId} managerId={state.manager_id} manager={manager} />
      <div className="field">
        <label htmlFor="person-role">Role</label>
        <select id="person-role" name="role" defaultValue={state.role}>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {ROLE_NAMES[role]}
            </option>
          ))}
        </select>
      </div>
      <FormActions action="Show what it does" isBusy={false} failure="" error={null} onCancel={onClose} />
    </form>
  );
}

function TeamField({ teams, teamId }: { teams: Settings["teams"]; teamId: string | null }) {
  return (
    <div className="field">
      <label htmlFor="person-team">Team</label>
      <select id="person-team" name="team" defaultValue={teamId ?? ""}>
        <option value="">None</option>
        {teams.map(({ team_id, name }) => (
          <option key={team_id} value={team_id}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

interface ManagerFieldProps {
  personId: string | null;
  managerId: string | null;
  manager: string | null;
}

function ManagerField({ personId, managerId, manager }: ManagerFieldProps) {
  const { api } = useSession();
  const [filter, setFilter] = useState("");
  const found = useQuery({
    queryKey: ["settings", "people", filter],
    queryFn: () => readPeople(api, { filter }),
    enabled: filter !== "",
  });
  const others = (found.data?.people ?? []).filter(
    ({ person_id: id }) => id !== personId && id !== managerId,
  );
  return (
    <div className="field">
      <label htmlFor="person-manager">Manager</label>
      <input
        type="text"
        aria-label="Find a manager by name"
        placeholder="Find by name"
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
        autoComplete="off"
      />
      <select id="person-manager" name="manager" key={managerId} defaultValue={managerId ?? ""}>
        <option value="">Nobody</option>
        {managerId !== null && <option value={managerId}>{manager ?? managerId}</option>}
        {others.map(({ person_id, state }) => (
          <option key={person_id} value={person_id}>
            {state.name}
          </option>
        ))}
      </select>
    </div>
  );
}

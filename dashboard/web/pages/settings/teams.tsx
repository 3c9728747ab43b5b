// Teams, by the alphabet: added and renamed.

import { type SyntheticEvent, useState } from "react";
import type { Settings } from "../../../../schemas/settings-api.ts";
import type { AnyChange } from "../../api/settings.ts";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { ConfirmChange } from "./confirm-change.tsx";
import { readText } from "./form-values.ts";
import { TextField } from "../../components/text-field.tsx";

const NAME_CHARS_MAX = 200;

interface EditedTeam {
  team_id: string | null;
  name: string;
  version: number;
}

export function Teams({ settings: { teams, can_change: canChange } }: { settings: Settings }) {
  const [edited, setEdited] = useState<EditedTeam | null>(null);
  const [chosen, setChosen] = useState<{ change: AnyChange; version: number } | null>(null);
  return (
    <>
      {canChange && (
        <button
          type="button"
          className="button"
          data-kind="action"
          onClick={() => setEdited({ team_id: null, name: "", version: 0 })}
        >
          Add a team
        </button>
      )}
      {teams.length === 0 ? (
        <p className="notes">No teams yet. They come with the list of people, or are added here.</p>
      ) : (
        <table>
          <caption className="visually-hidden">Teams</caption>
          <thead>
            <tr>
              <th scope="col">Team</th>
              {canChange && (
                <th scope="col">
                  <span className="visually-hidden">Rename</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {teams.map((team) => (
              <tr key={team.team_id}>
                <th scope="row">{team.name}</th>
                {canChange && (
                  <td className="right">
                    <button
                      type="button"
                      className="button"
                      aria-label={`Rename ${team.name}`}
                      onClick={() => setEdited(team)}
                    >
                      Rename
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <TeamDialog
        team={edited}
        onClose={() => setEdited(null)}
        onNamed={(name) => {
          if (edited === null) return;
          const { team_id, version } = edited;
          setChosen({ change: { subject: "team", team_id, state: { name } }, version });
          setEdited(null);
        }}
      />
      <ConfirmChange
        title="Change a team"
        change={chosen?.change ?? null}
        seenVersion={chosen?.version ?? 0}
        onClose={() => setChosen(null)}
      />
    </>
  );
}

interface TeamDialogProps {
  team: EditedTeam | null;
  onClose: () => void;
  onNamed: (name: string) => void;
}

function TeamDialog({ team, onClose, onNamed }: TeamDialogProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    onNamed(readText(event.currentTarget, "name"));
  };
  return (
    <Dialog
      title={team?.team_id === null ? "Add a team" : `Rename “${team?.name ?? ""}”`}
      isOpen={team !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      <form className="stack" onSubmit={submit}>
        <TextField
          id="team-name"
          name="name"
          label="Name"
          maxLength={NAME_CHARS_MAX}
          defaultValue={team?.name ?? ""}
        />
        <FormActions action="Show what it does" isBusy={false} failure="" error={null} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

// Makes a key, and shows its secret once.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { WORKLOAD_CLASSES } from "../../../../schemas/closed-lists.ts";
import type { CreatedKey, NewKey } from "../../api/keys.ts";
import { ClassOptions } from "../../components/class-options.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { KEY_EXPIRIES, toExpiresAt } from "../../prepare/key-expiry.ts";
import { useSession } from "../../session.ts";
import { NewSecret } from "./new-secret.tsx";
import { TextField } from "../../components/text-field.tsx";

const NAME_CHARS_MAX = 80;

export type SaidKey = NewKey & { team?: string | null };

interface CreateKeyProps {
  queryKey: readonly string[];
  label: string;
  /** Those that a service can work for; undefined: the key is the person's own. */
  teams?: readonly string[];
  create: (key: SaidKey) => Promise<CreatedKey>;
  onCreated?: (secret: string) => void;
}

export function CreateKey({ queryKey, label, teams, create, onCreated }: CreateKeyProps) {
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const creation = useMutation({
    mutationFn: create,
    onSuccess: async ({ secret }) => {
      onCreated?.(secret);
      await queryClient.invalidateQueries({ queryKey });
    },
  });
  const toggle = (open: boolean) => {
    setIsOpen(open);
    if (open) creation.reset();
  };
  return (
    <Dialog
      title={creation.isSuccess ? "Copy the key now" : label}
      isOpen={isOpen}
      onOpenChange={toggle}
      trigger={
        <button type="button" className="button" data-kind="action">
          {label}
        </button>
      }
    >
      {creation.data === undefined ? (
        <KeyForm
          teams={teams}
          isBusy={creation.isPending}
          error={creation.error}
          onSubmit={(key) => creation.mutate(key)}
          onCancel={() => toggle(false)}
        />
      ) : (
        <NewSecret secret={creation.data.secret} onDone={() => toggle(false)}>
          Assay keeps a fingerprint of it, not the key itself.
        </NewSecret>
      )}
    </Dialog>
  );
}

interface KeyFormProps {
  teams: readonly string[] | undefined;
  isBusy: boolean;
  error: Error | null;
  onSubmit: (key: SaidKey) => void;
  onCancel: () => void;
}

function KeyForm({ teams, isBusy, error, onSubmit, onCancel }: KeyFormProps) {
  const { now } = useSession();
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const textOf = (field: string) => {
      const said = form.get(field);
      return typeof said === "string" ? said.trim() : "";
    };
    onSubmit({
      name: textOf("name"),
      workload_class: WORKLOAD_CLASSES.find((name) => name === textOf("class")) ?? null,
      expires_at: toExpiresAt(textOf("expiry"), now()),
      ...(teams && { team: textOf("team") || null }),
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextField id="key-name" name="name" label="Name" maxLength={NAME_CHARS_MAX}>
        {teams ? "What uses it: “Nightly review”." : "What uses it, and where: “Claude Code on my laptop”."}
      </TextField>
      <div className="field">
        <label htmlFor="key-class">Class (optional)</label>
        <select id="key-class" name="class" aria-describedby="key-class-note">
          <option value="">Not declared</option>
          <ClassOptions />
        </select>
        <p id="key-class-note" className="notes">
          The kind of work that all calls of this key are for. It decides what they are compared with.
        </p>
      </div>
      <div className="field">
        <label htmlFor="key-expiry">Ends</label>
        <select id="key-expiry" name="expiry">
          {KEY_EXPIRIES.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {teams && <TeamField teams={teams} />}
      <FormActions
        action="Create"
        isBusy={isBusy}
        failure="The key was not made."
        error={error}
        onCancel={onCancel}
      />
    </form>
  );
}

function TeamField({ teams }: { teams: readonly string[] }) {
  return (
    <div className="field">
      <label htmlFor="key-team">Team</label>
      <select id="key-team" name="team" aria-describedby="key-team-note">
        <option value="">None</option>
        {teams.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <p id="key-team-note" className="notes">
        The team whose cost its calls are.
      </p>
    </div>
  );
}

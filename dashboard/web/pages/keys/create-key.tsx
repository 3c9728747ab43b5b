// Makes a key, and shows its secret once.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { WORKLOAD_CLASSES } from "../../../../schemas/closed-lists.ts";
import { createKey, type NewKey } from "../../api/keys.ts";
import { ClassOptions } from "../../components/class-options.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { useSession } from "../../session.ts";
import { NewSecret } from "./new-secret.tsx";

const NAME_CHARS_MAX = 80;

export function CreateKey({ onCreated }: { onCreated: (secret: string) => void }) {
  const { api, me } = useSession();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const creation = useMutation({
    mutationFn: (key: NewKey) => createKey(api, me.person_id, key),
    onSuccess: async ({ secret }) => {
      onCreated(secret);
      await queryClient.invalidateQueries({ queryKey: ["keys", me.person_id] });
    },
  });
  const toggle = (open: boolean) => {
    setIsOpen(open);
    if (open) creation.reset();
  };
  return (
    <Dialog
      title={creation.isSuccess ? "Copy your key now" : "Create a key"}
      isOpen={isOpen}
      onOpenChange={toggle}
      trigger={
        <button type="button" className="button" data-kind="action">
          Create a key
        </button>
      }
    >
      {creation.data === undefined ? (
        <KeyForm
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
  isBusy: boolean;
  error: Error | null;
  onSubmit: (key: NewKey) => void;
  onCancel: () => void;
}

function KeyForm({ isBusy, error, onSubmit, onCancel }: KeyFormProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const workloadClass = WORKLOAD_CLASSES.find((name) => name === form.get("class")) ?? null;
    const name = form.get("name");
    onSubmit({ name: typeof name === "string" ? name.trim() : "", workload_class: workloadClass });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="field">
        <label htmlFor="key-name">Name</label>
        <input
          id="key-name"
          name="name"
          type="text"
          required
          pattern=".*\S.*"
          maxLength={NAME_CHARS_MAX}
          autoComplete="off"
          aria-describedby="key-name-note"
        />
        <p id="key-name-note" className="notes">
          What uses it, and where: “Claude Code on my laptop”.
        </p>
      </div>
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

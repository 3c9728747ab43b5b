// Makes a personal access token, and shows its secret once.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { TOKEN_DAYS_MAX } from "../../../../schemas/access-api.ts";
import { TOKEN_SCOPES } from "../../../../schemas/closed-lists.ts";
import { createAccessToken, type NewAccessToken } from "../../api/access.ts";
import { CopyBlock } from "../../components/copy-block.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { SCOPE_WORDS } from "../../prepare/access-rows.ts";
import { useSession } from "../../session.ts";
import "../../styles/access.css";
import { TextField } from "../../components/text-field.tsx";

const NAME_CHARS_MAX = 80;
const DAYS = [30, 90, 180, TOKEN_DAYS_MAX];
const DAYS_DEFAULT = 90;

export function CreateAccessToken() {
  const { api, me } = useSession();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const creation = useMutation({
    mutationFn: (token: NewAccessToken) => createAccessToken(api, me.person_id, token),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["access-tokens", me.person_id] }),
  });
  const toggle = (open: boolean) => {
    setIsOpen(open);
    // The secret is not kept for a dialog that is closed.
    creation.reset();
  };
  return (
    <Dialog
      title={creation.isSuccess ? "Copy your token now" : "Create a token"}
      isOpen={isOpen}
      onOpenChange={toggle}
      trigger={
        <button type="button" className="button">
          Create a token
        </button>
      }
    >
      {creation.data === undefined ? (
        <TokenForm
          isBusy={creation.isPending}
          error={creation.error}
          onSubmit={(token) => creation.mutate(token)}
          onCancel={() => toggle(false)}
        />
      ) : (
        <>
          <p>The token is shown now, and not again. Assay keeps a fingerprint of it, not the token itself.</p>
          <CopyBlock label="The new token" lines={creation.data.secret} />
          <div className="dialog-actions">
            <button type="button" className="button" data-kind="action" onClick={() => toggle(false)}>
              Done
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

interface TokenFormProps {
  isBusy: boolean;
  error: Error | null;
  onSubmit: (token: NewAccessToken) => void;
  onCancel: () => void;
}

function TokenForm({ isBusy, error, onSubmit, onCancel }: TokenFormProps) {
  const [hasNoScope, setHasNoScope] = useState(false);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = form.get("name");
    const chosen = form.getAll("scope");
    const scopes = TOKEN_SCOPES.filter((scope) => chosen.includes(scope));
    setHasNoScope(scopes.length === 0);
    if (scopes.length === 0 || typeof name !== "string") return;
    onSubmit({ name: name.trim(), scopes, days: Number(form.get("days")) });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextField id="token-name" name="name" label="Name" maxLength={NAME_CHARS_MAX}>
        Which program uses it, and where: “Report on my server”.
      </TextField>
      <ScopeChoice hasNone={hasNoScope} />
      <div className="field">
        <label htmlFor="token-days">Expires after</label>
        <select id="token-days" name="days" defaultValue={DAYS_DEFAULT}>
          {DAYS.map((days) => (
            <option key={days} value={days}>
              {days} days
            </option>
          ))}
        </select>
      </div>
      <FormActions
        action="Create"
        isBusy={isBusy}
        failure="The token was not made."
        error={error}
        onCancel={onCancel}
      />
    </form>
  );
}

function ScopeChoice({ hasNone }: { hasNone: boolean }) {
  return (
    <fieldset className="field">
      <legend>What it may do</legend>
      {TOKEN_SCOPES.map((scope) => (
        <div key={scope}>
          <label className="check">
            <input
              type="checkbox"
              name="scope"
              value={scope}
              defaultChecked={scope === "read"}
              aria-describedby={`scope-${scope}`}
            />
            {SCOPE_WORDS[scope].name}
          </label>
          <p id={`scope-${scope}`} className="notes">
            {SCOPE_WORDS[scope].explanation}
          </p>
        </div>
      ))}
      {hasNone && (
        <p className="notes" role="alert">
          Choose at least one.
        </p>
      )}
    </fieldset>
  );
}

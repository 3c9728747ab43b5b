// The policy as it was published, its versions, and for the owner a way to publish another one that shows first what changes.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { PolicyState } from "../../../../schemas/pattern-api.ts";
import { publishPolicy } from "../../api/settings.ts";
import { Dialog } from "../../components/dialog.tsx";
import { FormActions } from "../../components/form-actions.tsx";
import { dayOf } from "../../prepare/calendar.ts";
import { formatDay } from "../../prepare/format.ts";
import { compareTexts, tellUnpublished } from "../../prepare/policy-rows.ts";
import { useSession } from "../../session.ts";

const POLICY_CHARS_MAX = 20_000;
const SIGNS = { same: "", added: "Added: ", removed: "Removed: " } as const;

export function PolicyText({ policy }: { policy: PolicyState }) {
  const { me, now } = useSession();
  const { current, versions } = policy;
  const today = dayOf(now(), me.timezone);
  const writeDay = (instant: string) => formatDay(dayOf(new Date(instant), me.timezone), today);
  return (
    <section className="section stack" aria-labelledby="policy">
      <div className="section-head">
        <div>
          <h2 id="policy">The policy</h2>
          <p>
            {current === null
              ? tellUnpublished(policy)
              : `Version ${current.version}, published on ${writeDay(current.published_at)}.`}
          </p>
        </div>
        {me.role === "owner" && <PublishPolicy policy={policy} />}
      </div>
      <PolicyLines text={current?.text ?? policy.proposed_text} />
      {versions.slice(1).map(({ version, text, published_at: publishedAt }) => (
        <details key={version}>
          <summary>
            Version {version}, published on {writeDay(publishedAt)}
          </summary>
          <PolicyLines text={text} />
        </details>
      ))}
    </section>
  );
}

/** The owner's own words, line by line; those that begin with a star are a list. */
function PolicyLines({ text }: { text: string }) {
  return (
    <div className="policy-text">
      {text
        .trimEnd()
        .split("\n")
        .map((line, at) => (
          // Lines repeat, and their order is all that tells them apart.
          // oxlint-disable-next-line react/no-array-index-key
          <p key={at} data-kind={line.startsWith("* ") ? "item" : undefined}>
            {line === "" ? "\u00A0" : line.replace(/^\* /, "")}
          </p>
        ))}
    </div>
  );
}

function PublishPolicy({ policy: { current, proposed_text: proposed } }: { policy: PolicyState }) {
  const { api } = useSession();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [text, setText] = useState("");
  const [isShown, setIsShown] = useState(false);
  const publication = useMutation({
    mutationFn: () => publishPolicy(api, text),
    onSuccess: async () => {
      setIsOpen(false);
      await queryClient.invalidateQueries({ queryKey: ["policy"] });
    },
  });
  const toggle = (open: boolean) => {
    setIsOpen(open);
    setIsShown(false);
    publication.reset();
    if (open) setText(current?.text ?? proposed);
  };
  return (
    <Dialog
      title="Publish the policy"
      isOpen={isOpen}
      onOpenChange={toggle}
      trigger={
        <button type="button" className="button">
          Publish a version
        </button>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isShown) publication.mutate();
          else setIsShown(true);
        }}
      >
        {isShown ? (
          <PolicyChanges before={current?.text ?? ""} after={text} />
        ) : (
          <div className="field">
            <label htmlFor="policy-text">Text</label>
            <textarea
              id="policy-text"
              required
              rows={16}
              maxLength={POLICY_CHARS_MAX}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <button type="button" className="link" onClick={() => setText(proposed)}>
              Take what Assay proposes, with the numbers in force
            </button>
          </div>
        )}
        <FormActions
          action={isShown ? "Publish" : "Show what changes"}
          isBusy={publication.isPending}
          failure="Nothing was published."
          error={publication.error}
          onCancel={() => (isShown ? setIsShown(false) : toggle(false))}
        />
      </form>
    </Dialog>
  );
}

function PolicyChanges({ before, after }: { before: string; after: string }) {
  const changes = compareTexts(before, after);
  const isSame = changes.every(({ kind }) => kind === "same");
  return (
    <div className="stack">
      <p>
        {isSame
          ? "Nothing changes."
          : "Everybody can read it at once. The first version begins scoring with the week after it; a later one starts nothing anew."}
      </p>
      <div className="policy-text policy-changes">
        {changes.map(({ kind, text }, at) => (
          // Lines repeat, and their order is all that tells them apart.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={at} data-kind={kind}>
            <span className="visually-hidden">{SIGNS[kind]}</span>
            {text === "" ? "\u00A0" : text}
          </div>
        ))}
      </div>
    </div>
  );
}

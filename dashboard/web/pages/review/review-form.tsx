// One choice and its reason, sent once: a decision, or an answer to a contest.
//
// Always holds: once it is recorded the form is gone, and the focus is on the sentence that says so; where it was too late, nothing was
// recorded, and that is what it says.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useEffect, useRef, useState } from "react";
import { SAID_CHARS_MAX } from "../../../../schemas/pattern-api.ts";
import { Note } from "../../components/states.tsx";
import { Link, PATHS } from "../../location.tsx";
import { useSession } from "../../session.ts";
import { isGone } from "./gone.ts";

interface ReviewFormProps<Value extends string> {
  patternId: string;
  title: string;
  lead: string;
  options: readonly { value: Value; label: string; consequence: string }[];
  action: string;
  note: string;
  send: (value: Value, text: string) => Promise<unknown>;
  recorded: (value: Value) => string;
}

export function ReviewForm<Value extends string>(props: ReviewFormProps<Value>) {
  const { title, lead, options, action, note, send, recorded } = props;
  const { me } = useSession();
  const queryClient = useQueryClient();
  const [value, setValue] = useState<Value | null>(null);
  const sending = useMutation({
    mutationFn: (sent: { value: Value; text: string }) => send(sent.value, sent.text),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["review", me.person_id] }),
  });
  const told = useRef<HTMLDivElement>(null);
  const isTold = sending.isSuccess || sending.isError;
  useEffect(() => {
    if (isTold) told.current?.focus();
  }, [isTold]);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get("text");
    if (value !== null && typeof text === "string") sending.mutate({ value, text });
  };
  return (
    <section className="section" aria-labelledby="review-form">
      <h2 id="review-form" className="pattern-heading">
        {title}
      </h2>
      <div ref={told} tabIndex={-1} className="told">
        {sending.isSuccess && (
          <Note kind="notice">
            {recorded(sending.variables.value)} <Link href={PATHS.review}>Back to Review</Link>
          </Note>
        )}
        {sending.error !== null && (
          <Note kind="failed">
            Nothing was recorded.{" "}
            {isGone(sending.error)
              ? "The pattern was closed meanwhile, or its person has another manager by now."
              : sending.error.message}
          </Note>
        )}
      </div>
      {!sending.isSuccess && (
        <form className="stack" onSubmit={submit}>
          <p className="notes">{lead}</p>
          <Choices legend={title} options={options} value={value} onChoose={setValue} />
          <div className="field">
            <label htmlFor="review-text">Reason, one or two sentences</label>
            <textarea id="review-text" name="text" rows={3} required maxLength={SAID_CHARS_MAX} />
          </div>
          <div className="review-actions">
            <p className="labels">{note}</p>
            <button type="submit" className="button" data-kind="action" disabled={sending.isPending}>
              {action}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}

interface ChoicesProps<Value extends string> extends Pick<ReviewFormProps<Value>, "options"> {
  legend: string;
  value: Value | null;
  onChoose: (value: Value) => void;
}

function Choices<Value extends string>({ legend, options, value, onChoose }: ChoicesProps<Value>) {
  return (
    <fieldset className="choices" data-beside="">
      <legend className="visually-hidden">{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type="radio"
            name="value"
            required
            checked={value === option.value}
            onChange={() => onChoose(option.value)}
          />
          <span>
            <b>{option.label}</b>
            <small>{option.consequence}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

// Say what it is: five answers, each with what follows from it, and the form of the chosen one.
//
// Always holds: nothing is sent before an answer is chosen and its form filled in; afterwards the focus is on the sentence that says what
// was recorded, also where it was too late.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useEffect, useRef, useState } from "react";
import { WORKLOAD_CLASSES, type WorkloadClass } from "../../../../schemas/closed-lists.ts";
import type { OwnPattern } from "../../../../schemas/pattern-api.ts";
import { contestPattern, explainPattern } from "../../api/patterns.ts";
import { addSchedule } from "../../api/schedules.ts";
import { Note } from "../../components/states.tsx";
import { type Answer, toAnswerOptions } from "../../prepare/statement-words.ts";
import { useSession } from "../../session.ts";
import { AnswerFields } from "./answer-fields.tsx";
import { toNamedRunsQuery } from "./named-runs.tsx";

export interface Said {
  answer: Answer;
  text: string;
  workloadClass: WorkloadClass | null;
  /** Of a scheduled job. */
  name: string;
  cron: string;
}

export function SayWhatItIs({ pattern }: { pattern: OwnPattern }) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const saying = useSaying(pattern.pattern_id);
  const session = useSession();
  const named = useQuery(toNamedRunsQuery(session, pattern.pattern_id));
  const told = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (saying.isSuccess || saying.isError) told.current?.focus();
  }, [saying.isSuccess, saying.isError]);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (answer === null) return;
    const said = readForm(event.currentTarget, answer);
    saying.mutate(said, { onSuccess: () => setAnswer(null) });
  };
  return (
    <section className="section" aria-labelledby="say-what-it-is" id="say">
      <h2 id="say-what-it-is" className="pattern-heading">
        What is it?
      </h2>
      <div ref={told} tabIndex={-1} className="told">
        {saying.isSuccess && <Note kind="notice">{RECORDED[saying.variables.answer]}</Note>}
        {saying.error !== null && <Note kind="failed">It was not recorded. {saying.error.message}</Note>}
      </div>
      <form className="stack" onSubmit={submit}>
        <fieldset className="choices">
          <legend className="visually-hidden">What is it?</legend>
          {toAnswerOptions(pattern).map((option) => (
            <label key={option.answer} className="choice">
              <input
                type="radio"
                name="answer"
                value={option.answer}
                disabled={!option.isPossible}
                checked={answer === option.answer}
                onChange={() => setAnswer(option.answer)}
              />
              <span>
                <b>{option.label}</b>
                <small>{option.consequence}</small>
              </span>
            </label>
          ))}
        </fieldset>
        {answer !== null && (
          <AnswerFields
            key={`${answer} ${named.isSuccess}`}
            answer={answer}
            suggestedCron={named.data?.starts?.cron ?? ""}
            isBusy={saying.isPending}
          />
        )}
      </form>
    </section>
  );
}

const RECORDED: Readonly<Record<Answer, string>> = {
  scheduled_job:
    "Registered, and your words are recorded. What it covers is computed with the next pass, which takes some minutes.",
  test: "Recorded. Where your manager sees the pattern, your words stand first.",
  client_default: "Recorded. Where your manager sees the pattern, your words stand first.",
  other: "Recorded. Where your manager sees the pattern, your words stand first.",
  wrong: "Contested. The clock stands still until the privacy officer has answered.",
};

function useSaying(patternId: string) {
  const { api, me } = useSession();
  const queryClient = useQueryClient();
  // A schedule that was registered is not registered again when the words after it have to be sent once more.
  const registered = useRef(false);
  return useMutation({
    mutationFn: async ({ answer, text, workloadClass, name, cron }: Said) => {
      if (answer === "wrong") return contestPattern(api, me.person_id, patternId, text);
      const explain = (more: { text: string; workload_class?: WorkloadClass }) =>
        explainPattern(api, me.person_id, patternId, { cause: answer, ...more });
      if (answer !== "scheduled_job")
        return explain({ text, ...(workloadClass && { workload_class: workloadClass }) });
      if (!registered.current) await addSchedule(api, me.person_id, { name, cron });
      registered.current = true;
      return explain({ text: text === "" ? `A scheduled job: ${name}.` : text, workload_class: "scheduled" });
    },
    onSuccess: (patterns) => {
      registered.current = false;
      queryClient.setQueryData(["patterns", me.person_id], patterns);
      void queryClient.invalidateQueries({ queryKey: ["schedules", me.person_id] });
    },
    // Closed or contested meanwhile: the page then shows how it is by now.
    onError: () => queryClient.invalidateQueries({ queryKey: ["patterns", me.person_id] }),
  });
}

function readForm(form: HTMLFormElement, answer: Answer): Said {
  const data = new FormData(form);
  const text = (name: string): string => {
    const value = data.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const workloadClass = WORKLOAD_CLASSES.find((name) => name === text("class")) ?? null;
  return { answer, text: text("text"), workloadClass, name: text("name"), cron: text("cron") };
}
